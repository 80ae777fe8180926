// The master mix on its way to the listeners' encoder: blocks of 20 ms, interleaved. Each says under which
// take of voices it was mixed; what was captured before the newest is left out by who encodes.
const FRAMES = 960;

export interface StreamBlock {
  take: number;
  sound: Float32Array<ArrayBuffer>;
}

class StreamProcessor extends AudioWorkletProcessor {
  #block = new Float32Array(2 * FRAMES);
  #filled = 0;
  #take = 0;
  #open = true;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<number | "close">) => {
      if (data === "close") this.#open = false;
      else {
        this.#take = data;
        this.#filled = 0;
      }
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const [left, right] = inputs[0] ?? [];
    for (let i = 0; i < 128; i += 1) {
      this.#block[2 * this.#filled] = left?.[i] ?? 0;
      this.#block[2 * this.#filled + 1] = (right ?? left)?.[i] ?? 0;
      this.#filled += 1;
      if (this.#filled < FRAMES) continue;
      const block: StreamBlock = { take: this.#take, sound: this.#block };
      this.port.postMessage(block, [this.#block.buffer]);
      this.#block = new Float32Array(2 * FRAMES);
      this.#filled = 0;
    }
    return this.#open;
  }
}

registerProcessor("jam-stream", StreamProcessor as never);
