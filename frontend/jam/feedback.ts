// Hears the howl that builds up between a loudspeaker and a microphone, before it hurts: one frequency that keeps
// growing. A note that is struck is there at once and fades; a choir that swells is no single frequency.

const LOOKS = 8; // 0.8 s of steady growth
const GROWS_DB = 9;
const LOUD_DB = -24; // of the frequency's bin
const SLACK_DB = 0.5;
const NARROW_DB = 20; // above the middle of the spectrum

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
    const grown = level - this.#levels[0]!;
    return this.#levels.length === LOOKS && grown >= GROWS_DB && level > LOUD_DB && this.#narrow(bins, level);
  }

  #narrow(bins: Float32Array, level: number): boolean {
    const sorted = Float32Array.from(bins).sort();
    return level - sorted[sorted.length >> 1]! >= NARROW_DB;
  }
}
