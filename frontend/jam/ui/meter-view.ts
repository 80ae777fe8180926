import { percent, type Level } from "../engine/meter";
import { h } from "./dom";

/** A level bar. Moves with every report; tells assistive technology once a second. */
export class MeterView {
  readonly element: HTMLElement;
  #told = 0;
  #hold = 0;

  constructor(label: string) {
    this.element = h("div", {
      class: "jam-meter",
      role: "meter",
      "aria-label": label,
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": 0,
    });
    this.element.append(h("div", { class: "jam-meter__fill" }), h("div", { class: "jam-meter__peak" }));
  }

  set label(label: string) {
    this.element.setAttribute("aria-label", label);
  }

  update(level: Level): void {
    const rms = percent(level.rms * Math.SQRT2);
    this.#hold = Math.max(percent(level.peak), this.#hold - 1.5);
    this.element.style.setProperty("--level", String(rms / 100));
    this.element.style.setProperty("--peak", String(this.#hold / 100));
    const now = performance.now();
    if (now - this.#told < 1000) return;
    this.#told = now;
    this.element.setAttribute("aria-valuenow", String(rms));
    this.element.setAttribute("aria-valuetext", `${rms} %`);
  }
}
