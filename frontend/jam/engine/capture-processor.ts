// The capture worklet: own input -> ring to the network worker, batches to the recorder, level to the
// page. Muting happens here, so that neither the network nor the stem ever gets a muted sound.
//
// The recorder is fed through a MessagePort rather than a ring: the port queues without limit (a slow
// disk loses nothing), works without SharedArrayBuffer, and arrival times give the recorder its clock.
import { Meter } from "./meter";
import { QUANTUM, captureRing, writeBlock, type CaptureRing } from "./rings";

/** 13 quanta: no common divisor with the burst sizes of devices, so that over a second some batch
 * always ends where a burst ends (the recorder's frame clock looks for the least delay). */
const BATCH = 13 * QUANTUM;
const FADE = 1 / 240; // 5 ms

export interface CaptureOptions {
  channels: number;
  ring: SharedArrayBuffer | null;
}

export type CaptureMessage =
  | { t: "mute"; muted: boolean }
  | { t: "record"; port: MessagePort }
  | { t: "recording"; on: boolean }
  | { t: "close" };

/** What the recorder gets: interleaved samples and the context frame of the first. */
export interface CaptureBatch {
  frame: number;
  samples: Float32Array<ArrayBuffer>;
}

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #channels: number;
  readonly #ring: CaptureRing | null;
  readonly #meter = new Meter(sampleRate);
  readonly #block: Float32Array;
  #alive = true;
  #muted = false;
  #gain = 1;
  #recorder: MessagePort | null = null;
  #recording = false;
  #batch: Float32Array<ArrayBuffer>;
  #filled = 0;
  #spare: ArrayBuffer[] = [];

  constructor(options: { processorOptions: CaptureOptions }) {
    super();
    const { channels, ring } = options.processorOptions;
    this.#channels = channels;
    this.#ring = ring ? captureRing(channels, ring) : null;
    this.#block = new Float32Array(QUANTUM * channels);
    this.#batch = new Float32Array(BATCH * channels);
    this.port.onmessage = ({ data }: MessageEvent<CaptureMessage>) => this.#hear(data);
  }

  #hear(message: CaptureMessage): void {
    if (message.t === "mute") this.#muted = message.muted;
    else if (message.t === "recording") {
      this.#recording = message.on;
      this.#filled = 0;
    } else if (message.t === "close") this.#alive = false;
    else {
      this.#recorder = message.port;
      message.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        if (this.#spare.length < 16) this.#spare.push(data); // buffers come back: no garbage here
      };
    }
  }

  process(inputs: Float32Array[][]): boolean {
    const input = inputs[0] ?? [];
    const first = input[0];
    const block = this.#block;
    const channels = this.#channels;
    const wasSilent = this.#gain === 0;
    if (first) {
      const second = input[1] ?? first;
      for (let i = 0; i < first.length; i += 1) {
        if (this.#muted) this.#gain = Math.max(0, this.#gain - FADE);
        else this.#gain = Math.min(1, this.#gain + FADE);
        const gain = this.#gain;
        if (channels === 2) {
          block[2 * i] = first[i]! * gain;
          block[2 * i + 1] = second[i]! * gain;
        } else {
          block[i] = (input.length > 1 ? (first[i]! + second[i]!) / 2 : first[i]!) * gain;
        }
      }
    } else {
      block.fill(0);
      this.#gain = this.#muted ? 0 : 1;
    }
    if (this.#ring && !(wasSilent && this.#muted)) writeBlock(this.#ring, currentFrame, block);
    if (this.#recorder && this.#recording) this.#record(block);
    const level = this.#meter.add([block]);
    if (level) this.port.postMessage(level);
    return this.#alive;
  }

  #record(block: Float32Array): void {
    this.#batch.set(block, this.#filled * this.#channels);
    this.#filled += QUANTUM;
    if (this.#filled < BATCH) return;
    const batch: CaptureBatch = { frame: currentFrame + QUANTUM - BATCH, samples: this.#batch };
    this.#recorder?.postMessage(batch, [this.#batch.buffer]);
    const spare = this.#spare.pop();
    this.#batch = spare ? new Float32Array(spare) : new Float32Array(BATCH * this.#channels);
    this.#filled = 0;
  }
}

registerProcessor("jam-capture", CaptureProcessor as never);
