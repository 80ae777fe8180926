// When was a frame of the AudioContext captured? The worklet notes the time at every quantum. A late call
// only makes its own quanta late, so the lower envelope is the clock; where it rises for good, the context
// stood still for as long.

const LOOK_MS = 1000;
/** A context stands still by whole quanta; less is the clocks' resolution. */
export const STEP_MS = 1;

/**
 * Milliseconds from the sound at the input to its block, beyond what the envelope sees. Browsers tell
 * nothing reliable (`baseLatency` is the output's, the track's `latency` mostly a constant), so it is
 * nought; a loopback measure of the sound check may put a better figure here.
 */
export const INPUT_LATENCY_MS = 0;

export interface Reading {
  /** the frame after the quantum's last */
  end: number;
  /** machine-clock ms of frame 0, as this quantum has it */
  zero: number;
}

export class FrameClock {
  /** The newest 2 × LOOK_MS of quanta. */
  #entries: Reading[] = [];
  /** How many of them have been read. */
  #read = 0;
  #first: number | null = null;

  constructor(readonly rate: number) {}

  add(end: number, zero: number): void {
    this.#first ??= end;
    this.#entries.push({ end, zero });
    const old = end - (2 * LOOK_MS * this.rate) / 1000;
    while (this.#read > 0 && this.#entries[0]!.end < old) {
      this.#entries.shift();
      this.#read -= 1;
    }
  }

  /** A second of sound is enough to know the time of any of it. */
  get ready(): boolean {
    const last = this.#entries.at(-1);
    return last !== undefined && last.end - (this.#first ?? last.end) >= (LOOK_MS * this.rate) / 1000;
  }

  /** Machine-clock ms of frame 0 by the quanta around this one: the envelope before it, or the one behind
   * it where that is higher by a step. So a rise is found where it is, and late calls don't count. */
  #level(at: number): number {
    const span = (LOOK_MS * this.rate) / 1000;
    const { end } = this.#entries[at]!;
    let before = Infinity;
    for (let i = at; i >= 0 && this.#entries[i]!.end >= end - span; i -= 1) {
      before = Math.min(before, this.#entries[i]!.zero);
    }
    let behind = Infinity;
    for (let i = at; i < this.#entries.length && this.#entries[i]!.end <= end + span; i += 1) {
      behind = Math.min(behind, this.#entries[i]!.zero);
    }
    // Just before a rise the envelope behind is made of few calls, and a little late.
    return behind - before > STEP_MS ? behind : before;
  }

  /** Readings whose time is known by now, each once; with `all`, those too that nothing follows yet. */
  *readings(all = false): Generator<Reading> {
    const last = this.#entries.at(-1);
    if (!last) return;
    const known = all ? last.end : last.end - (LOOK_MS * this.rate) / 1000;
    while (this.#read < this.#entries.length && this.#entries[this.#read]!.end <= known) {
      const at = this.#read;
      this.#read += 1;
      yield { end: this.#entries[at]!.end, zero: this.#level(at) };
    }
  }

  /** Machine-clock ms of frame 0 by the last second. */
  #now(): number {
    const since = this.#entries.at(-1)!.end - (LOOK_MS * this.rate) / 1000;
    return this.#entries.reduce(
      (least, { end, zero }) => (end >= since ? Math.min(least, zero) : least), Infinity,
    );
  }

  /** Machine-clock ms at which this frame, of the last second or so, was captured: never too late, but
   * too early where the context stood still within the second. `readings` know better, a second later. */
  timeOf(frame: number): number {
    return (frame * 1000) / this.rate + this.#now() - INPUT_LATENCY_MS;
  }

  /** Context frame at this machine-clock time. */
  frameAt(time: number): number {
    return Math.round(((time + INPUT_LATENCY_MS - this.#now()) * this.rate) / 1000);
  }
}
