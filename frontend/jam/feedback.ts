// Hears the howl that builds up between a loudspeaker and a microphone, before it hurts: one pure frequency that
// grows steadily until it is loud. A note that is struck is there at once and fades; one that swells has partials,
// or is over sooner.

const LOOKS = 15; // 1.5 s of steady growth
const GROWS_DB = 20;
/** Between two looks it grows, if by little: what goes up and down is somebody's playing. */
const SLACK_DB = 0.5;
const LOUD_DB = -24; // of the frequency's bin
/** By so much nothing else is as loud: instruments have partials. */
const PURE_DB = 25;
const BESIDE = 4; // bins that belong to the peak

export const LOOK_MS = 100;

export class FeedbackGuard {
  #bin = -1;
  #levels: number[] = [];

  /** Takes the spectrum of one's own input (dB a bin), ten times a second; returns true for a howl. */
  look(bins: Float32Array): boolean {
    let peak = 1;
    for (let i = 2; i < bins.length; i += 1) if (bins[i]! > bins[peak]!) peak = i;
    const level = bins[peak]!;
    const last = this.#levels.at(-1);
    const goes = last !== undefined && Math.abs(peak - this.#bin) <= 1 && level >= last - SLACK_DB;
    this.#levels = goes ? [...this.#levels, level].slice(-LOOKS) : [level];
    this.#bin = peak;
    return this.#levels.length === LOOKS && level > LOUD_DB && this.#grows() && isPure(bins, peak);
  }

  /** Grows by that much, and in each third of the time: what jumps was struck. */
  #grows(): boolean {
    const third = (LOOKS - 1) / 3;
    const at = [0, 1, 2, 3].map((n) => this.#levels[Math.round(n * third)]!);
    const steps = [1, 2, 3].map((n) => at[n]! - at[n - 1]!);
    return at[3]! - at[0]! >= GROWS_DB && steps.every((step) => step >= GROWS_DB / 6);
  }
}

function isPure(bins: Float32Array, peak: number): boolean {
  const most = bins[peak]! - PURE_DB;
  return bins.every((level, i) => Math.abs(i - peak) <= BESIDE || level < most);
}
