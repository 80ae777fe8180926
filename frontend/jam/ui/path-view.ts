// How one is connected with one player, what that shows them, and the code that proves it to be them.
import type { Direct } from "../direct";
import type { Player } from "../engine/player";
import { fill, words } from "../words";
import { h, show, text } from "./dom";

/** What the relay adds to the delay, at most; `ms`: null while it isn't measured. */
export function costSentence(ms: number | null): string {
  if (ms === null) return words.direct.costUnknown;
  return ms < 1 ? words.direct.costNone : fill(words.direct.cost, { ms: Math.ceil(ms) });
}

export class PathView {
  readonly element: HTMLElement;
  readonly #path = h("p", { class: "jam-soft" });
  readonly #cost = h("p", { class: "jam-soft" });
  readonly #change: HTMLButtonElement;
  readonly #code = h("output", { class: "jam-code" });
  readonly #codes: HTMLElement;
  #player: Player | null = null;

  constructor(readonly direct: Direct) {
    this.#change = h("button", {
      class: "button button--small", type: "button",
      click: () => {
        if (this.#player) direct.answer([this.#player.info], !this.#player.info.agreed);
      },
    });
    this.#codes = h(
      "div",
      { hidden: true },
      h("p", {}, words.direct.code, " ", this.#code),
      h("p", { class: "jam-soft" }, words.direct.codeHint),
    );
    this.element = h("div", { class: "jam-path" }, this.#path, this.#cost, this.#change, this.#codes);
  }

  update(player: Player): void {
    this.#player = player;
    const { info, code, link } = player;
    const name = info.shown || info.name;
    const direct = link.policy === "all";
    const says = direct ? words.direct.isDirect : info.agreed ? words.direct.waits : words.direct.isRelayed;
    text(this.#path, fill(link.setup.link ? words.direct.bySfu : says, { name }));
    text(this.#cost, direct ? "" : costSentence(this.direct.gain(link.leastTripMs)));
    show(this.#cost, !direct && this.direct.known !== null);
    text(this.#change, fill(info.agreed ? words.direct.leave : words.direct.go, { name }));
    show(this.#change, this.direct.known !== null);
    text(this.#code, code ? `${code.slice(0, 3)} ${code.slice(3)}` : "");
    show(this.#codes, code !== null);
  }
}
