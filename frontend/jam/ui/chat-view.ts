import type { ChatMessage } from "../protocol";
import type { Room } from "../room";
import { words } from "../words";
import { h, show, text, uid } from "./dom";

export class ChatView {
  readonly element: HTMLElement;
  readonly #log: HTMLElement;
  readonly #empty = h("p", { class: "jam-soft" }, words.chat.empty);
  readonly #input: HTMLTextAreaElement;
  readonly #problem = h("p", { class: "jam-problem", role: "alert", hidden: true });
  readonly #seen = new Set<string>();

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
    this.element = h(
      "section",
      { class: "jam-chat card", "aria-labelledby": `${id}-title` },
      h("h2", { id: `${id}-title` }, words.chat.title),
      this.#empty,
      this.#log,
      h(
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
      ),
      this.#problem,
    );
  }

  #send(): void {
    const message = this.#input.value.trim();
    if (!message) return;
    const sent = this.room.say(message);
    if (sent) this.#input.value = "";
    else text(this.#problem, words.chat.offline);
    show(this.#problem, !sent);
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
          h("span", { class: "jam-chat__name" }, message.name),
          h(
            "time",
            { datetime: message.at },
            time.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" }),
          ),
          h("p", { dir: "auto" }, message.text),
        ),
      );
    }
    show(this.#empty, this.#seen.size === 0);
    if (atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}
