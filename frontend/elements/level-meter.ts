// <level-meter>: shows how loud it is now. Set `.level` (0..1, already scaled for the eye) as often
// as you like; the peak stays visible for a second. For screen readers it is a quiet meter that
// says a word (silent, good, loud, too loud) only when that word changes.
import { say } from "./words";

const HOLD_MS = 1000;

export class LevelMeter extends HTMLElement {
  #level = 0;
  #hold = 0;
  #heldAt = 0;
  #word = "";

  connectedCallback(): void {
    this.setAttribute("role", "meter");
    this.setAttribute("aria-valuemin", "0");
    this.setAttribute("aria-valuemax", "100");
    if (!this.hasAttribute("aria-label")) this.setAttribute("aria-label", say("Level"));
    this.level = Number(this.getAttribute("level") ?? 0);
  }

  get level(): number {
    return this.#level;
  }

  set level(value: number) {
    const level = Math.min(1, Math.max(0, Number.isFinite(value) ? value : 0));
    const now = performance.now();
    if (level >= this.#hold || now - this.#heldAt > HOLD_MS) {
      this.#hold = level;
      this.#heldAt = now;
    }
    this.#level = level;
    this.style.setProperty("--meter-level", level.toFixed(3));
    this.style.setProperty("--meter-hold", this.#hold.toFixed(3));
    this.#speak();
  }

  #speak(): void {
    const level = this.#hold;
    const word =
      level < 0.02 ? say("silent") : level < 0.8 ? say("good") : level < 0.95 ? say("loud") : say("too loud");
    if (word === this.#word) return;
    this.#word = word;
    this.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    this.setAttribute("aria-valuetext", word);
  }
}

customElements.define("level-meter", LevelMeter);
