// The capture worklet: own input -> ring to the network worker, batches to the recorder, level to the
// page. Muting happens here, so that neither the network nor the stem ever gets a muted sound.
//
// The recorder is fed through a MessagePort rather than a ring: the port holds a minute of sound where a
// ring holds a fraction of a second, and works without SharedArrayBuffer. Every batch says which frames it
// holds and when they were captured, so that it doesn't matter when it arrives; beyond the minute batches
// are left out, which the frame numbers show.
import { Meter } from "./meter";
import { QUANTUM, captureRing, writeBlock, type CaptureRing } from "./rings";

const QUANTA = 13; // 35 ms at 48 kHz: 29 messages a second
const BATCH = QUANTA * QUANTUM;
const FADE = 1 / 240; // 5 ms

export interface CaptureOptions {
  channels: number;
  ring: SharedArrayBuffer | null;
}

export type CaptureMessage =
  | { t: "mute"; muted: boolean }
  // spoken past the music: sent, but silence in the take
  | { t: "aside"; on: boolean }
  | { t: "record"; port: MessagePort }
  | { t: "recording"; on: boolean }
  | { t: "close" };

/** Batches on the way to the recorder and not given back yet, at most: a minute at 48 kHz. */
const MOST_AWAY = Math.ceil((60 * 48_000) / BATCH);

/** What the recorder gets: interleaved samples and the context frame of the first. */
export interface CaptureBatch {
  frame: number;
  samples: Float32Array<ArrayBuffer>;
  /** For each quantum of the batch: Date.now() of the context's frame 0, had it come without delay. */
  zeros: Float64Array;
}

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #channels: number;
  readonly #ring: CaptureRing | null;
  readonly #meter = new Meter(sampleRate);
  readonly #block: Float32Array;
  #alive = true;
  #muted = false;
  #aside = false;
  #asideGain = 1;
  #gain = 1;
  #recorder: MessagePort | null = null;
  #recording = false;
  #batch: Float32Array<ArrayBuffer>;
  #filled = 0;
  #next = 0;
  readonly #zeros = new Float64Array(QUANTA);
  #away = 0;
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
    else if (message.t === "aside") this.#aside = message.on;
    else if (message.t === "recording") {
      this.#recording = message.on;
      this.#filled = 0;
    } else if (message.t === "close") this.#alive = false;
    else {
      this.#recorder = message.port;
      this.#away = 0;
      message.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        this.#away -= 1;
        const whole = data.byteLength === this.#batch.byteLength;
        if (whole && this.#spare.length < 16) this.#spare.push(data); // buffers come back: no garbage here
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
    const level = this.#meter.add([block]);
    this.#leaveOut(block);
    if (this.#recorder && this.#recording) this.#record(block);
    if (level) this.port.postMessage(level);
    return this.#alive;
  }

  /** Fades out what isn't for the take; the network has it already. */
  #leaveOut(block: Float32Array): void {
    if (!this.#aside && this.#asideGain === 1) return;
    const channels = this.#channels;
    for (let i = 0; i < block.length; i += channels) {
      const step = this.#aside ? -FADE : FADE;
      this.#asideGain = Math.max(0, Math.min(1, this.#asideGain + step));
      for (let c = 0; c < channels; c += 1) block[i + c]! *= this.#asideGain;
    }
  }

  #record(block: Float32Array): void {
    // The browser left blocks out: what is full so far goes alone, the numbers show the gap.
    if (this.#filled > 0 && currentFrame !== this.#next) this.#send();
    this.#batch.set(block, this.#filled * this.#channels);
    this.#next = currentFrame + QUANTUM;
    this.#zeros[this.#filled / QUANTUM] = Date.now() - (this.#next * 1000) / sampleRate;
    this.#filled += QUANTUM;
    if (this.#filled === BATCH) this.#send();
  }

  #send(): void {
    if (this.#away < MOST_AWAY) {
      const samples = this.#filled === BATCH
        ? this.#batch
        : this.#batch.slice(0, this.#filled * this.#channels);
      const zeros = this.#zeros.slice(0, this.#filled / QUANTUM);
      const batch: CaptureBatch = { frame: this.#next - this.#filled, samples, zeros };
      this.#recorder?.postMessage(batch, [samples.buffer]);
      this.#away += 1;
      if (samples === this.#batch) {
        const spare = this.#spare.pop();
        this.#batch = spare ? new Float32Array(spare) : new Float32Array(BATCH * this.#channels);
      }
    }
    this.#filled = 0;
  }
}

registerProcessor("jam-capture", CaptureProcessor as never);
