// The playout worklet: one player's ring -> sound. Reads at its own pace, resamples slowly towards the
// delay the worker asks for, and fades over what is missing. Also the meter of the fallback engine.
import "./loopback-processor";
import { Meter } from "./meter";
import { PLAYOUT_FRAMES, Slot, playoutRing, type PlayoutRing } from "./rings";

const MASK = PLAYOUT_FRAMES - 1;
const TAIL = 192; // frames over which the last sound, mirrored, fades out in a gap
const RISE = 1 / 96; // fade in after a gap
const HISTORY = 256;
const FASTEST = 0.005; // at most 9 cents sharp while the delay shrinks …
const SLOWEST = -0.01; // … and 17 flat while it grows, which is urgent

export interface PlayoutOptions {
  ring: SharedArrayBuffer;
}

class PlayoutProcessor extends AudioWorkletProcessor {
  readonly #ring: PlayoutRing;
  readonly #meter = new Meter(sampleRate);
  readonly #history = [new Float32Array(HISTORY), new Float32Array(HISTORY)] as const;
  #at = 0; // whole frame
  #part = 0; // and its fraction
  #epoch = 0;
  #rate = 1;
  #correction = 0;
  #written = 0; // history index
  #rise = 0; // 0…1: how far the sound has come back
  #tail = 0; // 1…0: how much of the mirrored end still sounds
  #mirror = 0; // where the mirror reads
  #gap = true;
  #alive = true;

  constructor(options: { processorOptions: PlayoutOptions }) {
    super();
    this.#ring = playoutRing(options.processorOptions.ring);
    this.port.onmessage = () => (this.#alive = false);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const left = outputs[0]?.[0];
    const right = outputs[0]?.[1];
    if (!left || !right) return this.#alive;
    const head = this.#ring.head;
    this.#follow(head);
    const from = this.#at;
    const step = this.#step(head, left.length);
    let concealed = 0;
    for (let i = 0; i < left.length; i += 1) {
      if (!this.#sample(i, left, right)) concealed += 1;
      this.#part += step;
      const whole = Math.floor(this.#part);
      this.#part -= whole;
      this.#at = (this.#at + whole) | 0;
    }
    this.#wipe(from, this.#at);
    Atomics.store(head, Slot.position, this.#at);
    Atomics.store(head, Slot.lag, (this.#at - currentFrame - left.length) | 0);
    if (concealed && Atomics.load(head, Slot.expecting)) {
      Atomics.add(head, Slot.concealed, concealed);
    }
    const level = this.#meter.add([left, right]);
    if (level) this.port.postMessage(level);
    return this.#alive;
  }

  /** NaN behind the reader that went from here to there, one frame kept for the interpolation. */
  #wipe(from: number, to: number): void {
    for (let at = (from - 1) | 0; ((to - 1 - at) | 0) > 0; at = (at + 1) | 0) {
      this.#ring.left[at & MASK] = NaN;
      this.#ring.right[at & MASK] = NaN;
    }
  }

  /** Moves at once when the worker asks for it; the gap logic hides the seam. */
  #follow(head: Int32Array): void {
    const epoch = Atomics.load(head, Slot.resyncEpoch);
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    const to = Atomics.load(head, Slot.resyncTo);
    if (Math.abs((to - this.#at) | 0) < PLAYOUT_FRAMES) this.#wipe(this.#at, to);
    else {
      // The sender counts anew: what lies here would sound when the new numbers come round to it.
      this.#ring.left.fill(NaN);
      this.#ring.right.fill(NaN);
    }
    this.#at = to;
    this.#part = 0;
    this.#open();
    Atomics.store(head, Slot.resyncDone, epoch);
  }

  /** Frames of the ring per frame of output; drifts towards the wanted delay over half a second. */
  #step(head: Int32Array, length: number): number {
    const excess = Atomics.load(head, Slot.excess);
    let wish = excess / (sampleRate / 2);
    if (Math.abs(wish) < 0.00002) wish = 0;
    wish = Math.max(SLOWEST, Math.min(FASTEST, wish));
    this.#rate += (1 + wish - this.#rate) * 0.1;
    if (wish === 0 && Math.abs(this.#rate - 1) < 1e-6) this.#rate = 1;
    this.#correction += (this.#rate - 1) * length * 16;
    Atomics.store(head, Slot.correction, this.#correction | 0);
    return this.#rate;
  }

  #open(): void {
    if (this.#gap) return;
    this.#gap = true;
    this.#tail = this.#rise;
    this.#rise = 0;
    this.#mirror = this.#written - 1;
    if (Atomics.load(this.#ring.head, Slot.expecting)) Atomics.add(this.#ring.head, Slot.gaps, 1);
  }

  #sample(i: number, left: Float32Array, right: Float32Array): boolean {
    const { left: l, right: r } = this.#ring;
    const at = this.#at;
    const a = (at - 1) & MASK;
    const b = at & MASK;
    const c = (at + 1) & MASK;
    const d = (at + 2) & MASK;
    let x: number;
    let y: number;
    if (this.#part === 0) {
      x = l[b]!;
      y = r[b]!;
    } else {
      x = cubic(l[a]!, l[b]!, l[c]!, l[d]!, this.#part);
      y = cubic(r[a]!, r[b]!, r[c]!, r[d]!, this.#part);
    }
    const here = x === x && y === y;
    if (here) {
      this.#gap = false;
      if (this.#rise < 1) {
        this.#rise = Math.min(1, this.#rise + RISE);
        x *= this.#rise;
        y *= this.#rise;
      }
    } else {
      this.#open();
      x = 0;
      y = 0;
    }
    const [pastLeft, pastRight] = this.#history;
    if (this.#tail > 0) {
      x += pastLeft[this.#mirror & (HISTORY - 1)]! * this.#tail;
      y += pastRight[this.#mirror & (HISTORY - 1)]! * this.#tail;
      this.#mirror -= 1;
      this.#tail = Math.max(0, this.#tail - 1 / TAIL);
    } else {
      pastLeft[this.#written & (HISTORY - 1)] = x;
      pastRight[this.#written & (HISTORY - 1)] = y;
      this.#written = (this.#written + 1) | 0;
    }
    left[i] = x;
    right[i] = y;
    return here;
  }
}

/** Catmull-Rom: smooth enough for the fractions of a sample that drift needs. */
function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return (
    b +
    0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
  );
}

/** Passes sound through and reports its level: the fallback engine's strips use it. */
class MeterProcessor extends AudioWorkletProcessor {
  readonly #meter = new Meter(sampleRate);

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const input = inputs[0] ?? [];
    const output = outputs[0] ?? [];
    const first = input[0];
    for (const [channel, samples] of output.entries()) {
      const source = input[channel] ?? first;
      if (source) samples.set(source);
    }
    const level = this.#meter.add(output);
    if (level) this.port.postMessage(level);
    return false; // lives as long as something is connected
  }
}

registerProcessor("jam-playout", PlayoutProcessor as never);
registerProcessor("jam-meter", MeterProcessor as never);
