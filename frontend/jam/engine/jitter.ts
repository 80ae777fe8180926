// How much delay a player's sound needs. Each packet's slack (frames between its arrival and the moment
// the worklet would have played it) goes in; out comes by how much the delay is too long or too short.

const WINDOW_MS = 4000;
const RECENT_MS = 300;
const SURE_MS = 1000;
const SIZE = 1024;
/** Share of packets that may come too late: one stall must not cost everybody delay for seconds. */
const MAY_BE_LATE = 0.008;
const MARGIN = 40; // frames kept in reserve: 0.8 ms
/** Seconds of which the stalls are remembered: with room for the second worst there is one gap in a minute. */
const REMEMBERED = 60;

/** How a listener weighs delay against gaps. */
export type Buffering = "tight" | "balanced" | "stable";

/** Frames that may be added for stalls which come once in a while. */
const FOR_STALLS: Readonly<Record<Buffering, number>> = {
  tight: 0,
  balanced: 48 * 3,
  stable: 48 * 30,
};

export class SlackControl {
  readonly #slack = new Float64Array(SIZE);
  readonly #time = new Float64Array(SIZE);
  readonly #sorted = new Float64Array(SIZE);
  #count = 0;
  #since = 0;
  /** For each second, by how much its latest packet came later than its median. */
  readonly #stalls = new Float64Array(REMEMBERED);
  #second = 0;
  buffering: Buffering = "tight";
  /** Median slack at the last look, in frames. */
  median = 0;

  constructor(readonly cap: number) {}

  clear(): void {
    this.#count = 0;
  }

  /** `correction`: frames by which resampling had moved the playing position when this was measured. */
  add(slack: number, correction: number, now: number): void {
    if (this.#count === 0) this.#since = now;
    const at = this.#count % SIZE;
    this.#slack[at] = slack + correction;
    this.#time[at] = now;
    this.#count += 1;
  }

  /** Frames of delay to take away (positive) or to add (negative), as things stand. */
  excess(correction: number, now: number): number {
    const whole = this.#quantile(now - WINDOW_MS, MAY_BE_LATE, correction);
    if (whole === null) return 0;
    const median = this.#quantile(now - WINDOW_MS, 0.5, correction) ?? whole;
    this.median = median;
    // A path that has just become longer shows in the last moments first.
    const recent = this.#quantile(now - RECENT_MS, 0.15, correction) ?? whole;
    this.#remember(now);
    const room = this.#roomFor(median - whole, FOR_STALLS[this.buffering]);
    const spare = Math.min(whole - room, recent) - MARGIN;
    // Delay is only taken away on a second's evidence.
    if (spare > 0 && now - this.#since < SURE_MS) return 0;
    return spare < 0 && median > this.cap ? 0 : Math.round(spare);
  }

  /** Notes the depth of the second that has just passed; survives `clear()`, as machines stay as they are. */
  #remember(now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.#second) return;
    const least = this.#quantile(now - 1000, 0, 0);
    const middle = this.#quantile(now - 1000, 0.5, 0);
    // What passed without a packet says nothing, and mustn't leave what was there a minute ago.
    for (let at = Math.max(this.#second + 1, second - REMEMBERED + 1); at <= second; at += 1) {
      this.#stalls[at % REMEMBERED] = 0;
    }
    if (least !== null && middle !== null) this.#stalls[second % REMEMBERED] = middle - least;
    this.#second = second;
  }

  /**
   * Frames that leave room for all stalls of the last minute but the longest, beyond what is there. Of a stall
   * longer than the mode allows no part is made room for: it would be a gap all the same.
   */
  #roomFor(there: number, most: number): number {
    let worst = 0;
    let second = 0;
    for (const depth of this.#stalls) {
      const stall = depth - there;
      if (stall > most) continue;
      if (stall > worst) {
        second = worst;
        worst = stall;
      } else if (stall > second) second = stall;
    }
    return second;
  }

  #quantile(since: number, share: number, correction: number): number | null {
    const sorted = this.#sorted;
    let n = 0;
    for (let i = 0; i < Math.min(this.#count, SIZE); i += 1) {
      if (this.#time[i]! >= since) sorted[n++] = this.#slack[i]!;
    }
    if (n < 10) return null;
    return sorted.subarray(0, n).sort()[Math.floor(n * share)]! - correction;
  }
}
