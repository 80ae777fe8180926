// In the sound check: measures how long one's own devices take, and says what that means for playing together.
import { keep, kept, settled, verdict } from "../loopback";
import type { Room } from "../room";
import { fill, words } from "../words";
import { h, text } from "./dom";

export class LoopbackView {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #result = h("p", { role: "status" });

  /** `devices`: the names of what is chosen; `open`: opens the chosen input, and says whether that worked. */
  constructor(
    readonly room: Room,
    readonly devices: () => string,
    readonly open: () => Promise<boolean>,
  ) {
    this.#button = h(
      "button",
      { class: "button", type: "button", click: () => void this.#measure() },
      words.loopback.measure,
    );
    this.element = h(
      "details",
      { class: "jam-loopback" },
      h("summary", {}, words.loopback.title),
      h("p", { class: "jam-soft" }, words.loopback.how),
      this.#button,
      this.#result,
    );
    this.recall();
  }

  /** Shows what was measured with the devices that are chosen now. */
  recall(): void {
    const found = kept(this.devices());
    text(this.#result, found ? `${this.#words(found.ms)} ${fill(words.loopback.measured, {
      date: found.at.toLocaleDateString(document.documentElement.lang || "en"),
    })}` : "");
  }

  #words(ms: number): string {
    return fill(words.loopback.verdicts[verdict(ms)], { ms: Math.round(ms) });
  }

  async #measure(): Promise<void> {
    this.#button.disabled = true;
    try {
      if (!(await this.open()) || !this.room.graph) return;
      text(this.#result, words.loopback.listening);
      const heard: (number | null)[] = [];
      await this.room.graph.loopback((frames) => heard.push(frames));
      const ms = settled(heard, this.room.graph.context.sampleRate);
      if (ms !== null) keep(this.devices(), ms, new Date());
      text(this.#result, ms === null ? words.loopback.nothing : this.#words(ms));
    } finally {
      this.#button.disabled = false;
    }
  }
}
