// Peak and RMS of what passes, reported about 20 times a second. Used inside the worklets.

export interface Level {
  peak: number;
  rms: number;
}

export class Meter {
  #peak = 0;
  #sum = 0;
  #count = 0;
  readonly #every: number;

  constructor(rate: number) {
    this.#every = rate / 20;
  }

  /** Returns a level when a twentieth of a second is full. */
  add(channels: readonly Float32Array[]): Level | null {
    const first = channels[0];
    if (!first) return null;
    for (const samples of channels) {
      for (let i = 0; i < samples.length; i += 1) {
        const value = samples[i]!;
        const size = value < 0 ? -value : value;
        if (size > this.#peak) this.#peak = size;
        this.#sum += (value * value) / channels.length;
      }
    }
    this.#count += first.length;
    if (this.#count < this.#every) return null;
    const level = { peak: this.#peak, rms: Math.sqrt(this.#sum / this.#count) };
    this.#peak = 0;
    this.#sum = 0;
    this.#count = 0;
    return level;
  }
}

/** Level as 0–100 over the top 60 dB, as the meters show it. */
export function percent(amplitude: number): number {
  if (amplitude <= 0.001) return 0;
  return Math.min(100, Math.round((20 * Math.log10(amplitude) + 60) * (100 / 60)));
}
