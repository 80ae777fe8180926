import { withoutUnfit } from "../../elements/unfit";
import type { ChatMessage } from "../protocol";
import type { Room } from "../room";
import { words } from "../words";
import type { Line } from "../unsaid";
import { h, show, uid } from "./dom";

export class ChatView {
  readonly element: HTMLElement;
  readonly #log: HTMLElement;
  readonly #empty = h("p", { class: "jam-soft" }, words.chat.empty);
  readonly #input: HTMLTextAreaElement;
  readonly #unsaid = h("ul", { class: "jam-chat__unsaid", role: "list", hidden: true });
  readonly #seen = new Set<string>();
  readonly #form: HTMLFormElement;
  readonly #shut = h("p", { class: "jam-soft", hidden: true }, words.host.noChat);

  constructor(readonly room: Room) {
    const id = uid("jam-chat");
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
    );
    this.element = h(
      "section",
      { class: "jam-chat card", "aria-labelledby": `${id}-title` },
      h("h2", { id: `${id}-title` }, words.chat.title),
      this.#empty,
      this.#log,
      this.#unsaid,
      this.#form,
      this.#shut,
    );
    this.unsaid(room.unsaid.lines);
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

  add(messages: readonly ChatMessage[]): void {
    const atEnd = this.#log.scrollTop + this.#log.clientHeight >= this.#log.scrollHeight - 24;
    for (const message of messages) {
      if (this.#seen.has(message.id)) continue;
      this.#seen.add(message.id);
      const time = new Date(message.at);
      this.#log.append(
        h(
          "div",
          {},
          h("bdi", { class: "jam-chat__name" }, message.shown || message.name),
          h(
            "time",
            { datetime: message.at },
            time.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" }),
          ),
          h("p", { dir: "auto" }, message.text),
        ),
      );
    }
    show(this.#empty, this.#seen.size === 0);
    if (atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}
