// What everybody's sound together passes last: nothing louder than the ceiling reaches the ears. It looks at
// no sample ahead, so that it adds no delay; a sudden peak is cut, and what follows is turned down.

/** −1 dB of full scale. */
export const CEILING = 0.891;
const RELEASE_S = 0.15;

/** Gain that keeps peaks under the ceiling: down at once, up again slowly. */
export class LimiterGain {
  readonly #release: number;
  #gain = 1;

  constructor(rate: number) {
    this.#release = 1 - Math.exp(-1 / (RELEASE_S * rate));
  }

  next(peak: number): number {
    const most = peak > CEILING ? CEILING / peak : 1;
    if (most < this.#gain) this.#gain = most;
    else this.#gain += (Math.min(1, most) - this.#gain) * this.#release;
    return this.#gain;
  }
}

class LimiterProcessor extends AudioWorkletProcessor {
  readonly #gain = new LimiterGain(sampleRate);

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [left, right] = inputs[0] ?? [];
    const out = outputs[0] ?? [];
    if (!left) return true;
    const other = right ?? left;
    for (let i = 0; i < left.length; i += 1) {
      const a = left[i]!;
      const b = other[i]!;
      const gain = this.#gain.next(Math.max(Math.abs(a), Math.abs(b)));
      out[0]![i] = a * gain;
      if (out[1]) out[1][i] = b * gain;
    }
    return true;
  }
}

registerProcessor("jam-limiter", LimiterProcessor as never);
