// The panel about one's network address: who sees it, what the relay costs, and the question for whom
// one doesn't know.
import type { Direct } from "../direct";
import type { Player } from "../engine/player";
import { fill, list, words } from "../words";
import { h, show, text, uid } from "./dom";
import { costSentence } from "./path-view";

export class DirectView {
  readonly element: HTMLElement;
  readonly #state = h("p", { class: "jam-soft" });
  readonly #price = h("p", { class: "jam-soft" });
  readonly #known: HTMLInputElement;
  readonly #ask: HTMLElement;
  readonly #asks = h("p", {});
  #strangers: Player[] = [];

  constructor(readonly direct: Direct) {
    const [title, known, hint] = [uid("jam-direct"), uid("jam-known"), uid("jam-known-hint")];
    this.#known = h("input", {
      id: known, type: "checkbox", "aria-describedby": hint,
      change: () => direct.choose(this.#known.checked),
    });
    const answer = (label: string, kind: string, yes: boolean): HTMLElement =>
      h("button", {
        class: `button button--small ${kind}`, type: "button",
        click: () => direct.answer(this.#strangers.map(({ info }) => info), yes),
      }, label);
    this.#ask = h(
      "div",
      { hidden: true },
      this.#asks,
      h("div", { class: "jam-door__tools" },
        answer(words.direct.yes, "", true), answer(words.direct.no, "button--quiet", false)),
    );
    this.element = h(
      "section",
      { class: "jam-direct card", "aria-labelledby": title, hidden: true },
      h("h2", { id: title }, words.direct.title),
      this.#state,
      this.#price,
      h("div", { role: "status" }, this.#ask),
      h(
        "details",
        {},
        h("summary", {}, words.direct.acquainted),
        h("p", { class: "jam-check-line" }, this.#known, h("label", { for: known }, words.direct.known)),
        h("p", { id: hint, class: "jam-soft" }, words.direct.knownHint),
      ),
    );
  }

  update(players: readonly Player[]): void {
    const { direct } = this;
    show(this.element, direct.relayed && direct.known !== null);
    const name = ({ info }: Player): string => info.shown || info.name;
    const seen = players.filter(({ link }) => link.policy === "all");
    text(this.#state, seen.length ? fill(words.direct.seenBy, { names: list(seen.map(name)) }) : words.direct.unseen);
    text(this.#price, this.#gain(players));
    if (this.#known.checked !== direct.known) this.#known.checked = direct.known === true;
    const asked = new Set(direct.strangers(players.map(({ info }) => info)));
    this.#strangers = players.filter(({ info }) => asked.has(info));
    text(this.#asks, fill(words.direct.ask, { names: list(this.#strangers.map(name)) }));
    show(this.#ask, this.#strangers.length > 0);
  }

  /** The most that anybody here could gain; before anybody is here, by the way to the relay alone. */
  #gain(players: readonly Player[]): string {
    const relayed = players.filter(({ link }) => link.policy === "relay");
    if (players.length && !relayed.length) return "";
    const gains = relayed.map(({ link }) => this.direct.gain(link.leastTripMs));
    const known = (gains.length ? gains : [this.direct.gain(null)]).filter((ms) => ms !== null);
    return costSentence(known.length ? Math.max(...known) : null);
  }
}
