import { percent, type Level } from "../engine/meter";
import { h } from "./dom";

const FALL = 150; // hundredths of the scale a second: how fast the peak comes down
const moving = new Set<MeterView>();
let drawing = 0;
let before = 0;

/** Draws all meters that changed, together, at the screen's pace. Only transforms are touched, which
 * the compositor moves without laying out or painting anything anew. */
function draw(now: number): void {
  const passed = before ? Math.min(0.1, (now - before) / 1000) : 0;
  before = now;
  for (const meter of moving) if (!meter.step(passed)) moving.delete(meter);
  drawing = moving.size ? requestAnimationFrame(draw) : 0;
  if (!drawing) before = 0;
}

/** A level bar. Moves at the screen's pace; tells assistive technology once a second. */
export class MeterView {
  readonly element: HTMLElement;
  readonly #cover = h("div", { class: "jam-meter__cover" });
  readonly #mark = h("div", { class: "jam-meter__peak" });
  #level = 0;
  #peak = 0;
  #hold = 0;
  #drawn = -1;
  #marked = -1;
  #told = 0;

  constructor(label: string) {
    this.element = h("div", {
      class: "jam-meter",
      role: "meter",
      "aria-label": label,
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": 0,
    });
    this.element.append(this.#cover, h("div", { class: "jam-meter__track" }, this.#mark));
  }

  set label(label: string) {
    this.element.setAttribute("aria-label", label);
  }

  update(level: Level): void {
    this.#level = percent(level.rms * Math.SQRT2);
    this.#peak = percent(level.peak);
    moving.add(this);
    drawing ||= requestAnimationFrame(draw);
    const now = performance.now();
    if (now - this.#told < 1000) return;
    this.#told = now;
    this.element.setAttribute("aria-valuenow", String(this.#level));
    this.element.setAttribute("aria-valuetext", `${this.#level} %`);
  }

  /** Moves what differs from what is shown; false once nothing moves any more. */
  step(seconds: number): boolean {
    this.#hold = Math.max(this.#peak, this.#hold - FALL * seconds);
    const hold = Math.round(this.#hold);
    if (this.#level !== this.#drawn) {
      this.#drawn = this.#level;
      this.#cover.style.transform = `translateX(${this.#level}%)`;
    }
    if (hold !== this.#marked) {
      this.#marked = hold;
      this.#mark.parentElement!.style.transform = `translateX(${hold}%)`;
      this.#mark.hidden = hold === 0;
    }
    return this.#hold > this.#peak;
  }
}
