// How the frames of an AudioContext lie on this machine's clock: where sound leaves, and where it comes in.
import { machineNow } from "../clock";

const SAMPLES = 31;

export class ContextClock {
  #out: number[] = [];
  #in: number[] = [];

  constructor(readonly context: AudioContext) {}

  /** Notes where things stand; of many looks the medians hold. */
  look(): void {
    const { context } = this;
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    const known = contextTime !== undefined && performanceTime !== undefined && performanceTime > 0;
    const rendered = machineNow() - context.currentTime * 1000;
    const left = known
      ? performance.timeOrigin + performanceTime - contextTime * 1000
      : rendered + 1000 * (context.outputLatency || 0);
    this.#out = [...this.#out, left].slice(-SAMPLES);
    this.#in = [...this.#in, rendered].slice(-SAMPLES);
  }

  get ready(): boolean {
    return this.#out.length > 0;
  }

  /** Machine ms at which the context's time 0 leaves the machine. */
  get out(): number {
    return middle(this.#out);
  }

  /** Machine ms at which what the context took as its time 0 came in. */
  get in(): number {
    return middle(this.#in);
  }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
