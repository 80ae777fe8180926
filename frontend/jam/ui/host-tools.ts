// The door's panel: who may take a seat, who waits for one. Hosts decide; others read what keeps people out.
import type { Hosting } from "../hosting";
import type { Waiting } from "../protocol";
import { fill, words } from "../words";
import { h, show, text, uid } from "./dom";
import { personView } from "./person-view";

export class HostTools {
  readonly element: HTMLElement;
  readonly #state = h("p", { class: "jam-soft", "aria-live": "polite" });
  readonly #waiting: HTMLElement;
  readonly #lock: HTMLButtonElement;
  readonly #ask: HTMLButtonElement;
  readonly #offer: HTMLElement;
  readonly #rows = new Map<string, HTMLElement>(); // by person: a row that stays keeps the focus

  constructor(readonly hosting: Hosting) {
    const id = uid("jam-door");
    this.#lock = this.#button(() => hosting.setDoor({ locked: !hosting.door.locked }));
    this.#ask = this.#button(() => hosting.setDoor({ asks_first: !hosting.door.asks_first }));
    const answer = (label: string, kind: string, yes: boolean): HTMLElement =>
      h("button", { class: `button button--small ${kind}`, type: "button", click: () => hosting.takeOver(yes) }, label);
    this.#offer = h(
      "div",
      { role: "status", hidden: true },
      h("p", {}, words.host.offered),
      h("div", { class: "jam-door__tools" },
        answer(words.host.takeOver, "button--primary", true), answer(words.host.refuseOffer, "button--quiet", false)),
    );
    this.#waiting = h("ul", { class: "jam-door__waiting", role: "list", "aria-label": words.host.waiting });
    this.element = h(
      "section",
      { class: "jam-door card", "aria-labelledby": id, hidden: true },
      h("h2", { id }, words.host.title),
      this.#offer,
      this.#state,
      this.#waiting,
      h("div", { class: "jam-door__tools" }, this.#lock, this.#ask),
    );
  }

  #button(click: () => void): HTMLButtonElement {
    return h("button", { class: "button button--small", type: "button", click });
  }

  update(): void {
    const { isHost, door, waiting, seat } = this.hosting;
    show(this.element, isHost || door.locked || seat.offered);
    show(this.#offer, seat.offered);
    const says = door.locked ? words.host.locked : isHost && door.asks_first ? words.host.asksFirst : "";
    text(this.#state, says);
    show(this.#state, says !== "");
    text(this.#lock, door.locked ? words.host.unlock : words.host.lock);
    show(this.#lock, isHost);
    text(this.#ask, door.asks_first ? words.host.letAll : words.host.askFirst);
    show(this.#ask, isHost && !door.locked);
    this.#updateWaiting(waiting);
  }

  #updateWaiting(waiting: readonly Waiting[]): void {
    const here = new Set(waiting.map(({ user }) => user));
    for (const [user, row] of this.#rows) {
      if (here.has(user)) continue;
      row.remove();
      this.#rows.delete(user);
    }
    for (const one of waiting) {
      if (this.#rows.has(one.user)) continue;
      const row = this.#row(one);
      this.#rows.set(one.user, row);
      this.#waiting.append(row);
    }
    show(this.#waiting, waiting.length > 0);
  }

  #row(one: Waiting): HTMLElement {
    const name = one.shown || one.name;
    const answer = (label: string, spoken: string, kind: string, admit: boolean): HTMLElement =>
      h("button", {
        class: `button button--small ${kind}`, type: "button", "aria-label": fill(spoken, { name }),
        click: () => this.hosting.answer(one, admit),
      }, label);
    return h(
      "li",
      {},
      personView(one, name),
      h(
        "div",
        { class: "jam-door__tools" },
        answer(words.host.admit, words.host.admitLabel, "button--primary", true),
        answer(words.host.decline, words.host.declineLabel, "button--quiet", false),
      ),
    );
  }
}
