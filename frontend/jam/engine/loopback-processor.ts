// Measures the way from this machine's output to its input: clicks out, and the frames after which each comes in.
// One processor does both, so that the context's own frames are the clock.

const EVERY = 19_200; // frames at 48 kHz: 0.4 s, longer than any device takes
const CLICK = 96; // 2 ms
const HERTZ = 2500;
const QUIET = 9600; // frames before each click in which the noise is heard
const LEAST = 0.015;
const ABOVE_NOISE = 4;
const CLICKS = 8;

class LoopbackProcessor extends AudioWorkletProcessor {
  #at = -QUIET; // frames since the last click began
  #played = 0;
  #noise = 0;
  #heard = false;
  #alive = true;

  constructor() {
    super();
    this.port.onmessage = () => (this.#alive = false);
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const input = inputs[0]?.[0];
    const output = outputs[0]?.[0];
    if (!output) return this.#alive;
    for (let i = 0; i < output.length; i += 1) {
      if (this.#at === EVERY) {
        if (!this.#heard) this.port.postMessage(null);
        this.#at = -QUIET;
      }
      if (this.#at === -QUIET) {
        if (this.#played === CLICKS) return this.#over();
        this.#noise = 0;
        this.#heard = false;
      }
      if (this.#at === 0) this.#played += 1;
      output[i] = this.#click(this.#at);
      this.#listen(Math.abs(input?.[i] ?? 0));
      this.#at += 1;
    }
    for (const other of outputs[0]!.slice(1)) other.set(output);
    return this.#alive;
  }

  #click(at: number): number {
    return at >= 0 && at < CLICK ? 0.7 * Math.sin((2 * Math.PI * HERTZ * at) / sampleRate) : 0;
  }

  #listen(level: number): void {
    if (this.#at < 0) {
      this.#noise = Math.max(this.#noise, level);
      return;
    }
    if (this.#heard || level < Math.max(LEAST, ABOVE_NOISE * this.#noise)) return;
    this.#heard = true;
    this.port.postMessage(this.#at);
  }

  #over(): boolean {
    this.#alive = false;
    return false;
  }
}

registerProcessor("jam-loopback", LoopbackProcessor as never);
