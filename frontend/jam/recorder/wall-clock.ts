// Worklets have no `performance`, only Date.now(): whole milliseconds (or coarser) of a clock that may be
// set. This finds what to add to it for the machine's clock, which never steps.
import { machineNow } from "../clock";

const WINDOW_MS = 10_000;
const SET_MS = 5; // beyond the resolution: somebody set the clock
const TRIES = 3;
const BETWEEN_MS = 0.5; // longer than both readings take

export class WallClock {
  #looks: { at: number; ahead: number }[] = [];

  constructor(
    readonly now: () => number = machineNow,
    readonly wall: () => number = Date.now,
  ) {}

  /**
   * Milliseconds from the least lateness in Date.now() to the machine's clock. The greatest of many
   * looks: Date.now() is rounded down, and the least of many readings of it is low by just as much.
   */
  ahead(): number {
    const known = this.#looks.reduce((most, look) => Math.max(most, look.ahead), -Infinity);
    let at: number;
    let ahead: number;
    let between: number;
    let tries = 0;
    do {
      at = this.now();
      ahead = at - this.wall();
      between = this.now() - at;
      tries += 1;
    } while (between > BETWEEN_MS && tries < TRIES);
    // On a busy machine this thread may stand still between the two: that is no clock that was set.
    if (between > BETWEEN_MS && this.#looks.length > 0) return known;
    const resolution = known - this.#looks.reduce((least, look) => Math.min(least, look.ahead), Infinity);
    // Set forward: all looks before are too high. (Set back, this one is the highest anyhow.)
    if (this.#looks.length > 50 && ahead < known - resolution - SET_MS) this.#looks = [];
    // Set back: nothing before counts, as a later step forward would bring it up again.
    if (ahead > known + SET_MS) this.#looks = [];
    this.#looks.push({ at, ahead });
    while (this.#looks[0]!.at < at - WINDOW_MS) this.#looks.shift();
    return this.#looks.reduce((most, look) => Math.max(most, look.ahead), -Infinity);
  }
}
