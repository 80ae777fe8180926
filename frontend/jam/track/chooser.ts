// For hosts: the recordings of the site that may be put on, a page at a time.
import { clock } from "../../elements/words";
import { field, h, show, text, uid } from "../ui/dom";
import { fill, list, words } from "../words";
import { choices, type Choice } from "./source";

export class Chooser {
  readonly element: HTMLDetailsElement;
  readonly #summary = h("summary", {}, words.track.choose);
  readonly #list = h("ul", { class: "jam-track__list", role: "list", "aria-label": words.track.which });
  readonly #state = h("p", { class: "jam-soft", role: "status" });
  readonly #more: HTMLButtonElement;
  readonly #which: HTMLSelectElement;
  #next: string | null = null;
  #turn = 0; // of two lists that were asked for, the later holds

  constructor(readonly put: (recording: string) => void) {
    const id = uid("jam-track-which");
    this.#which = h(
      "select", { id, class: "input", change: () => void this.#load(false) },
      h("option", { value: "mine" }, words.track.mine), h("option", { value: "all" }, words.track.all),
    );
    this.#more = h("button", {
      class: "button button--small", type: "button", hidden: true, click: () => void this.#load(true),
    }, words.track.more);
    this.element = h(
      "details",
      { class: "jam-track__choose", toggle: () => this.element.open && void this.#load(false) },
      this.#summary,
      h("p", { class: "jam-soft" }, words.track.who),
      field(words.track.which, this.#which),
      this.#list, this.#state, this.#more,
    );
  }

  update(hasTrack: boolean): void {
    text(this.#summary, hasTrack ? words.track.another : words.track.choose);
  }

  async #load(further: boolean): Promise<void> {
    const turn = ++this.#turn;
    try {
      const page = await choices(this.#which.value === "mine", further ? this.#next : null);
      if (turn !== this.#turn) return;
      const rows = page.found.map((one) => this.#row(one));
      if (further) this.#list.append(...rows);
      else this.#list.replaceChildren(...rows);
      if (further) rows[0]?.querySelector("button")?.focus();
      this.#next = page.next;
      text(this.#state, this.#list.childElementCount === 0 ? words.track.empty : "");
    } catch {
      if (turn === this.#turn) text(this.#state, words.track.unknown);
    }
    show(this.#more, this.#next !== null);
  }

  #row({ id, title, duration, players }: Choice): HTMLElement {
    const name = title || words.track.untitled;
    const length = clock(duration / 1000);
    const button = h("button", {
      class: "button button--small", type: "button",
      "aria-label": fill(words.track.putLabel, { title: name, length, players: list(players) }),
      click: () => {
        this.put(id);
        this.element.open = false;
        this.#summary.focus();
      },
    }, words.track.put);
    return h(
      "li", { class: "jam-track__choice" },
      h("span", { class: "jam-track__name", dir: "auto" }, name),
      h("span", { class: "jam-soft" }, [length, list(players)].filter(Boolean).join(" · ")),
      button,
    );
  }
}
