// When was a frame of the AudioContext captured? Batches come through a port with a varying delay; the
// least delay of the last seconds is the steady one, so the lower envelope of arrival times is the clock.
// Stalls of any thread only make single batches late, and are left out by that.

const WINDOW_MS = 6000;
const SLIP_WINDOW_MS = 3000;
/** The clock is trusted after a second in which the envelope has come to rest, or after four. */
const ENOUGH_MS = 1000;
const AT_MOST_MS = 4000;
const REST_MS = 400;
const STEADY_MS = 5;

/**
 * Milliseconds from the sound at the input to the frame's batch, beyond what the envelope sees. Browsers
 * tell nothing reliable (`baseLatency` is the output's, the track's `latency` mostly a constant), so it
 * is nought; a loopback measure of the sound check may put a better figure here.
 */
export const INPUT_LATENCY_MS = 0;

export class FrameClock {
  #entries: { at: number; residual: number }[] = [];
  #first: number | null = null;
  #last = 0;

  constructor(readonly rate: number) {}

  /** `end`: the frame after the batch's last; `at`: its arrival on the machine's clock. */
  add(end: number, at: number): void {
    this.#first ??= at;
    this.#last = at;
    this.#entries.push({ at, residual: at - (end * 1000) / this.rate });
    while (this.#entries.length > 0 && this.#entries[0]!.at < at - WINDOW_MS) this.#entries.shift();
  }

  get ready(): boolean {
    // A page that is still loading gets its first batches late, all of them: their least delay says
    // nothing until on-time ones have followed.
    const span = this.#last - (this.#first ?? this.#last);
    if (span < ENOUGH_MS) return false;
    return span > AT_MOST_MS || this.#rested();
  }

  /** Whether the least delay was already met before the last moments. */
  #rested(): boolean {
    const before = this.#entries.filter(({ at }) => at < this.#last - REST_MS);
    const least = before.reduce((low, { residual }) => Math.min(low, residual), Infinity);
    return least - this.#base() < STEADY_MS;
  }

  #base(since = -Infinity): number {
    let least = Infinity;
    for (const { at, residual } of this.#entries) {
      if (at >= since && residual < least) least = residual;
    }
    return least;
  }

  /** Machine-clock ms at which this frame was captured. */
  timeOf(frame: number): number {
    return (frame * 1000) / this.rate + this.#base() - INPUT_LATENCY_MS;
  }

  /** Context frame at this machine-clock time. */
  frameAt(time: number): number {
    return Math.round(((time + INPUT_LATENCY_MS - this.#base()) * this.rate) / 1000);
  }

  /** By how many ms the context has fallen behind for good (a sleep, a suspension). Three seconds must
   * agree, as a busy machine may be late for one; what is below 20 ms the envelope follows by itself. */
  slip(now: number): number {
    const recent = this.#base(now - SLIP_WINDOW_MS);
    const before = this.#base();
    return Number.isFinite(recent) && recent - before > 20 ? recent - before : 0;
  }

  /** Forgets what was before a slip. */
  restart(now: number): void {
    this.#entries = this.#entries.filter(({ at }) => at >= now - SLIP_WINDOW_MS);
  }
}
