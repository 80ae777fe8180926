// The door's panel: who may take a seat. Hosts change it; everybody else reads what keeps others out.
import type { Hosting } from "../hosting";
import { words } from "../words";
import { h, show, text, uid } from "./dom";

export class HostTools {
  readonly element: HTMLElement;
  readonly #state = h("p", { class: "jam-soft", "aria-live": "polite" });
  readonly #lock: HTMLButtonElement;

  constructor(readonly hosting: Hosting) {
    const id = uid("jam-door");
    this.#lock = h("button", {
      class: "button button--small", type: "button", click: () => hosting.lock(!hosting.locked),
    });
    this.element = h(
      "section",
      { class: "jam-door card", "aria-labelledby": id, hidden: true },
      h("h2", { id }, words.host.title),
      this.#state,
      h("div", { class: "jam-door__tools" }, this.#lock),
    );
  }

  update(): void {
    const { isHost, locked } = this.hosting;
    show(this.element, isHost || locked);
    text(this.#state, locked ? words.host.locked : "");
    show(this.#state, locked);
    text(this.#lock, locked ? words.host.unlock : words.host.lock);
    show(this.#lock, isHost);
  }
}
