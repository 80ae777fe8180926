// Before the room: choose an input, see its level, join with or without sound.
import { inputProblem, isTooLoud } from "../engine/input";
import type { Level } from "../engine/meter";
import type { Room } from "../room";
import type { JoinMode } from "../settings";
import { fill, words } from "../words";
import { h, show, text } from "./dom";
import { InputFields } from "./input-fields";
import { LoopbackView } from "./loopback-view";
import { MeterView } from "./meter-view";

const LOUD_MS = 3000; // for so long after a peak it is said

export class SoundCheck {
  readonly element: HTMLElement;
  readonly #meter = new MeterView(words.check.level);
  readonly #hint = h("p", { class: "jam-soft" }, words.check.levelNone);
  readonly #problem = h("p", { class: "jam-problem", role: "alert", hidden: true });
  readonly #buttons: HTMLButtonElement[];
  #loudAt = -Infinity;
  #loud = false;
  readonly #fields: InputFields;
  readonly #loopback: LoopbackView;

  constructor(
    readonly room: Room,
    readonly joined: () => void,
  ) {
    const { policy, sfu } = room.settings;
    this.#fields = new InputFields(
      room.memory.input,
      (choice) => {
        room.memory.input = choice;
        this.#loopback.recall();
        if (room.graph?.input.stream) void this.#try();
      },
      (choice) => room.setGain(choice),
    );
    this.#loopback = new LoopbackView(room, () => this.#fields.names, () => this.#try());
    const tryIt = h("button", { class: "button", type: "button", click: () => void this.#try() }, words.check.try);
    const join = h(
      "button",
      { class: "button button--primary", type: "button", click: () => void this.#join("sound") },
      words.check.join,
    );
    const listen = h(
      "button",
      { class: "button button--quiet", type: "button", click: () => void this.#join("listen") },
      words.check.listen,
    );
    this.#buttons = [tryIt, join, listen];
    const address = sfu !== null ? fill(words.check.addressSfu, { region: sfu }) :
      policy === "all"
        ? words.check.addressAll
        : policy === "relay"
          ? words.check.addressRelay
          : words.check.addressUnknown;
    this.element = h(
      "section",
      { class: "jam-check card", "aria-labelledby": "jam-check-title" },
      h("h2", { id: "jam-check-title" }, words.check.title),
      h("p", { class: "jam-soft" }, words.check.advice),
      this.#fields.element,
      h("div", { class: "jam-check__level" }, tryIt, this.#meter.element),
      this.#hint,
      this.#problem,
      this.#loopback.element,
      h("p", { class: "jam-note" }, address),
      h("div", { class: "jam-check__join" }, join, listen),
    );
  }

  level(level: Level): void {
    this.#meter.update(level);
    if (isTooLoud(level)) this.#loudAt = performance.now();
    const loud = performance.now() - this.#loudAt < LOUD_MS;
    if (loud !== this.#loud) text(this.#hint, loud ? words.check.tooLoud : words.check.levelHint);
    this.#loud = loud;
  }

  #busy(busy: boolean): void {
    for (const button of this.#buttons) button.disabled = busy;
  }

  #fail(problem: unknown): void {
    console.warn("jam-room: input", problem);
    text(this.#problem, words.input[inputProblem(problem)]);
    show(this.#problem, true);
  }

  /** Opens the input that is chosen; returns whether that worked. */
  async #try(): Promise<boolean> {
    show(this.#problem, false);
    text(this.#hint, words.check.trying);
    this.#busy(true);
    try {
      await this.room.useInput(this.#fields.choice);
      await this.room.resumeSound();
      text(this.#hint, words.check.levelHint);
      await this.#fields.refresh();
      this.#loopback.recall();
      return true;
    } catch (problem) {
      text(this.#hint, words.check.levelNone);
      this.#fail(problem);
      return false;
    } finally {
      this.#busy(false);
    }
  }

  async #join(mode: JoinMode): Promise<void> {
    show(this.#problem, false);
    this.#busy(true);
    this.room.memory.input = this.#fields.choice;
    try {
      await this.room.join(mode);
      this.joined();
    } catch (problem) {
      this.#fail(problem);
      this.#busy(false);
    }
  }

  close(): void {
    this.#fields.close();
  }
}
