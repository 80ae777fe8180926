import { withoutUnfit } from "../../elements/unfit";
import type { ChatMessage } from "../protocol";
import type { Room } from "../room";
import { words } from "../words";
import type { Line } from "../unsaid";
import { fileLink, ShareView } from "./share-view";
import { h, show, text, uid } from "./dom";

export class ChatView {
  readonly element: HTMLElement;
  readonly #log: HTMLElement;
  readonly #empty = h("p", { class: "jam-soft" }, words.chat.empty);
  readonly #input: HTMLTextAreaElement;
  readonly #unsaid = h("ul", { class: "jam-chat__unsaid", role: "list", hidden: true });
  readonly #shown = new Map<string, HTMLElement>();
  readonly #earlier: HTMLButtonElement;
  readonly #form: HTMLFormElement;
  readonly #share: ShareView;
  readonly #shut = h("p", { class: "jam-soft", hidden: true }, words.host.noChat);

  constructor(readonly room: Room) {
    const id = uid("jam-chat");
    this.#share = new ShareView(room);
    this.#log = h("div", {
      class: "jam-chat__log", role: "log", "aria-live": "polite", "aria-label": words.chat.title, tabindex: 0,
    });
    this.#input = h("textarea", {
      id, rows: 1, maxlength: 2000,
      keydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#send();
      },
    });
    this.#form = h(
      "form",
      {
        class: "jam-chat__form",
        submit: (event: SubmitEvent) => {
          event.preventDefault();
          this.#send();
        },
      },
      h("label", { class: "visually-hidden", for: id }, words.chat.label),
      this.#input,
      h("button", { class: "button", type: "submit" }, words.chat.send),
      this.#share.button,
    );
    this.#earlier = h(
      "button",
      { class: "button button--small button--quiet", type: "button", hidden: true, click: () => this.room.lookBack() },
      words.chat.earlier,
    );
    this.element = h(
      "section",
      { class: "jam-chat card", "aria-labelledby": `${id}-title` },
      h("h2", { id: `${id}-title` }, words.chat.title),
      h("p", { class: "jam-soft" }, words.chat.kept),
      this.#empty,
      this.#earlier,
      this.#log,
      this.#unsaid,
      this.#share.list,
      this.#form,
      this.#shut,
    );
    this.#share.receive(this.element);
    this.unsaid(room.unsaid.lines);
    this.draw(true);
    this.update();
  }

  /** Who may not write here for now reads why, in place of the box; what they typed stays in it. */
  update(): void {
    const { chat } = this.room.hosting.seat.rights;
    show(this.#form, chat);
    show(this.#shut, !chat);
  }

  #send(): void {
    const message = this.#input.value.trim();
    if (!message) return;
    this.#input.value = "";
    this.room.say(message);
  }

  /** Lines on their way stand below the others, until the room has them; refused ones say why. */
  unsaid(lines: readonly Line[]): void {
    this.#unsaid.replaceChildren(
      ...lines.map((line) =>
        h(
          "li",
          { class: line.refused === null ? "jam-chat__sending" : "jam-chat__refused" },
          h("p", {}, line.text),
          line.refused === null
            ? h("span", { class: "jam-soft" }, words.chat.sending)
            : h("p", { class: "jam-problem", role: "alert" }, `${words.chat.unsent} ${line.refused}`),
          line.refused === null
            ? ""
            : h("button", { class: "button button--small", type: "button", click: () => this.#edit(line) }, words.chat.edit),
        ),
      ),
    );
    show(this.#unsaid, lines.length > 0);
  }

  /** Back into the box, without what nobody sees and can't be kept. */
  #edit(line: Line): void {
    this.room.unsaid.drop(line.ref);
    const before = this.#input.value.trim();
    const plain = withoutUnfit(line.text);
    this.#input.value = before ? `${plain}\n${before}` : plain;
    this.#input.focus();
  }

  /** Lines keep their elements, so that nothing is announced again; `earlier`: what came is no news. */
  draw(earlier: boolean): void {
    const log = this.#log;
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 24;
    const fromEnd = log.scrollHeight - log.scrollTop;
    if (earlier) log.setAttribute("aria-live", "off");
    const lines = this.room.chat.lines;
    const here = new Set(lines.map((line) => line.id));
    for (const [id, element] of this.#shown) {
      if (here.has(id)) continue;
      element.remove();
      this.#shown.delete(id);
    }
    let next: Element | null = null;
    for (const line of [...lines].reverse()) {
      let element = this.#shown.get(line.id);
      if (!element) {
        element = this.#line(line);
        this.#shown.set(line.id, element);
        log.insertBefore(element, next);
      }
      next = element;
    }
    show(this.#empty, lines.length === 0);
    show(this.#earlier, this.room.chat.more);
    log.scrollTop = atEnd && !earlier ? log.scrollHeight : log.scrollHeight - fromEnd;
    if (earlier) setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  }

  #line(message: ChatMessage): HTMLElement {
    const time = new Date(message.at);
    const today = time.toDateString() === new Date().toDateString();
    const at: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
    return h(
      "div",
      {},
      h("bdi", { class: "jam-chat__name" }, message.shown || message.name),
      h("time", { datetime: message.at }, time.toLocaleString(undefined, today ? at : { ...at, day: "numeric", month: "short" })),
      message.text ? h("p", { dir: "auto" }, message.text) : null,
      message.file ? fileLink(message.file) : null,
      message.name === this.room.settings.name ? this.#remover(message.id) : null,
    );
  }

  /** Asked once more on the button itself; it goes when the room says so. */
  #remover(id: string): HTMLElement {
    let asked = false;
    const button: HTMLButtonElement = h("button", {
      class: "jam-chat__remove", type: "button",
      click: () => {
        if (asked) this.room.unsay(id);
        asked = !asked;
        text(button, asked ? words.chat.removeSure : words.chat.remove);
      },
    }, words.chat.remove);
    button.addEventListener("blur", () => {
      asked = false;
      text(button, words.chat.remove);
    });
    return button;
  }
}
