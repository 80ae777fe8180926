// For hosts: the part of the track that goes round.
import { clock } from "../../elements/words";
import { field, h, show, text, uid } from "../ui/dom";
import { fill, words } from "../words";
import type { BackingTrack } from "./track";

const SHORTEST_S = 0.5;

export class LoopFields {
  readonly element: HTMLElement;
  readonly #from: HTMLInputElement;
  readonly #to: HTMLInputElement;
  readonly #on: HTMLButtonElement;
  readonly #why = h("p", { class: "jam-problem", role: "alert", hidden: true });
  readonly #summary = h("summary", {}, words.track.loop);
  #told = "";

  constructor(readonly track: BackingTrack) {
    const seconds = (label: string, here: string): [HTMLInputElement, HTMLElement] => {
      const id = uid("jam-loop");
      const input = h("input", { id, class: "input", type: "number", inputmode: "decimal", min: 0, step: 0.1, value: 0 });
      const now = h("button", {
        class: "button button--small", type: "button", click: () => (input.value = ((track.position ?? 0) / 1000).toFixed(1)),
      }, here);
      return [input, field(label, input, now)];
    };
    const [from, begins] = seconds(words.track.loopFrom, words.track.here);
    const [to, ends] = seconds(words.track.loopTo, words.track.till);
    [this.#from, this.#to] = [from, to];
    this.#on = h("button", { class: "button", type: "button", click: () => this.#toggle() });
    this.element = h("details", {}, this.#summary, h("div", { class: "jam-track__pair" }, begins, ends), this.#why, this.#on);
  }

  #toggle(): void {
    const { heard } = this.track;
    if (!heard) return;
    if (heard.loop) {
      this.track.change({ loop: null });
      return;
    }
    const [from, to] = [this.#from.valueAsNumber, Math.min(this.#to.valueAsNumber, heard.duration / 1000)];
    const fits = from >= 0 && to - from >= SHORTEST_S;
    text(this.#why, fits ? "" : words.track.loopShort);
    show(this.#why, !fits);
    if (fits) this.track.change({ loop: [from * 1000, to * 1000] });
    else this.#to.focus();
  }

  /** Shows what was told; what somebody is typing stays. */
  update(): void {
    const { heard } = this.track;
    const loop = heard?.loop ?? null;
    text(this.#on, loop ? words.track.loopOff : words.track.loopOn);
    this.#on.setAttribute("aria-pressed", String(loop !== null));
    const told = heard ? `${heard.recording} ${loop?.join() ?? ""}` : "";
    if (told === this.#told) return;
    this.#told = told;
    show(this.#why, false);
    const [from, to] = loop ?? [0, heard?.duration ?? 0];
    if (loop || !this.element.contains(document.activeElement)) {
      this.#from.value = (from / 1000).toFixed(1);
      this.#to.value = (to / 1000).toFixed(1);
    }
  }

  static says(loop: [number, number]): string {
    return fill(words.track.loops, { from: clock(loop[0] / 1000), to: clock(loop[1] / 1000) });
  }
}
