// Batches of the capture worklet -> 24-bit frames in a stem's file, in their right place in session time.
import type { CaptureBatch } from "../engine/capture-processor";
import { FrameClock } from "./frame-clock";
import type { StemFile, StemMeta } from "./stem-file";

export const BYTES = 3; // per sample: s24le
export const CHUNK_SECONDS = 5;
const MOST_SILENCE_S = 3600; // a gap longer than this is not a gap of this take

export function bytesPerFrame(meta: StemMeta): number {
  return BYTES * meta.channels;
}

export function chunkBytes(meta: StemMeta): number {
  return CHUNK_SECONDS * meta.rate * bytesPerFrame(meta);
}

export class StemWriter {
  #clock: FrameClock;
  /** Batches that wait until the clock is trusted. */
  #held: CaptureBatch[] = [];
  #trusted = false;
  /** context frame that comes next, once this source has its place */
  #next: number | null = null;
  /** frames in the file */
  frames: number;
  #lastPoint: number;
  #lastFlush: number;
  ended = false;

  constructor(
    readonly file: StemFile,
    readonly meta: StemMeta,
    /** session ms at which to begin; null: at once */
    readonly startsAt: number | null,
    readonly offset: () => number,
  ) {
    this.frames = Math.floor(file.size() / bytesPerFrame(meta));
    // A tab killed while writing may have left a part of a frame.
    if (this.frames > 0) file.truncate(this.frames * bytesPerFrame(meta));
    this.#clock = new FrameClock(meta.rate);
    this.#lastPoint = -Infinity;
    this.#lastFlush = 0;
  }

  stopsAt: number | null = null;

  /** Another AudioContext or input from here on: its frames are placed by the clock anew. */
  newSource(): void {
    if (this.#held.length > 0) this.#release();
    this.#clock = new FrameClock(this.meta.rate);
    this.#trusted = false;
    this.#next = null;
  }

  /** `at`: arrival on the machine's clock. */
  add(batch: CaptureBatch, at: number): void {
    if (this.ended) return;
    const count = batch.samples.length / this.meta.channels;
    this.#clock.add(batch.frame + count, at);
    if (!this.#trusted) {
      // A copy: the batch's own buffer goes back to the worklet.
      this.#held.push({ frame: batch.frame, samples: batch.samples.slice() });
      if (!this.#clock.ready) return;
      this.#release();
      return;
    }
    if (this.#next === null && !this.#place(batch)) return;
    const slip = this.#clock.slip(at);
    if (slip > 0) {
      this.#silence(Math.round((slip * this.meta.rate) / 1000));
      this.#clock.restart(at);
    }
    this.#append(batch);
  }

  /** What came before the clock could be trusted, into its place. */
  #release(): void {
    this.#trusted = true;
    const held = this.#held;
    this.#held = [];
    for (const batch of held) {
      if (this.#next !== null || this.#place(batch)) this.#append(batch);
    }
  }

  #session(frame: number): number {
    return this.#clock.timeOf(frame) + this.offset();
  }

  /** Finds this source's first frame in the stem. False: the whole batch lies before the start. */
  #place(batch: CaptureBatch): boolean {
    const count = batch.samples.length / this.meta.channels;
    const last = this.meta.clock.at(-1);
    if (this.frames > 0 && last) {
      // A take that goes on after a change of input or a reload: silence up to now.
      const place = Math.round(last[0] + ((this.#session(batch.frame) - last[1]) * this.meta.rate) / 1000);
      const gap = place - this.frames;
      if (gap > MOST_SILENCE_S * this.meta.rate) return false;
      this.#silence(gap);
      this.#next = batch.frame + Math.max(0, -gap);
      return true;
    }
    const start = this.startsAt === null ? batch.frame : this.#clock.frameAt(this.startsAt - this.offset());
    if (start >= batch.frame + count) return false;
    this.#next = Math.max(start, batch.frame);
    return true;
  }

  #append(batch: CaptureBatch): void {
    if (this.#next === null || this.ended) return;
    const { channels } = this.meta;
    const count = batch.samples.length / channels;
    let from = this.#next - batch.frame;
    if (from < 0) {
      this.#silence(-from);
      from = 0;
    }
    if (from >= count) return;
    let to = count;
    if (this.stopsAt !== null) {
      const stop = this.#clock.frameAt(this.stopsAt - this.offset());
      if (stop < batch.frame + count) {
        to = Math.max(from, stop - batch.frame);
        this.ended = true;
      }
    }
    if (this.frames - this.#lastPoint >= CHUNK_SECONDS * this.meta.rate) {
      this.#point(this.frames, this.#session(this.#next));
    }
    this.file.write(s24(batch.samples.subarray(from * channels, to * channels)));
    this.frames += to - from;
    this.#next = batch.frame + to;
    if (this.ended) this.#point(this.frames, this.#session(this.#next));
    if (this.frames - this.#lastFlush > this.meta.rate) {
      this.#lastFlush = this.frames;
      this.file.flush();
    }
  }

  #silence(frames: number): void {
    const second = this.meta.rate;
    for (let left = frames; left > 0; left -= second) {
      this.file.write(new Uint8Array(Math.min(left, second) * bytesPerFrame(this.meta)));
    }
    this.frames += Math.max(0, frames);
  }

  #point(frame: number, session: number): void {
    this.#lastPoint = frame;
    const last = this.meta.clock.at(-1);
    if (last && last[0] >= frame) return;
    this.meta.clock.push([frame, Math.round(session * 1000) / 1000]);
    this.onPoint();
  }

  /** The description changed and wants saving. */
  onPoint: () => void = () => undefined;

  /** Ends without waiting for more sound (the context is gone). */
  finish(): void {
    if (this.#held.length > 0) this.#release();
    this.ended = true;
    if (this.#next !== null && this.frames > 0) this.#point(this.frames, this.#session(this.#next));
    this.file.flush();
  }
}

export function s24(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * BYTES);
  for (let i = 0, at = 0; i < samples.length; i += 1, at += BYTES) {
    const value = Math.max(-8388608, Math.min(8388607, Math.round(samples[i]! * 8388608)));
    bytes[at] = value & 0xff;
    bytes[at + 1] = (value >> 8) & 0xff;
    bytes[at + 2] = (value >> 16) & 0xff;
  }
  return bytes;
}

/** At least two points, the last at the stem's end: what a killed tab could not note is extrapolated. */
export function fullClock(meta: StemMeta, frames: number): [number, number][] {
  const points = meta.clock.filter(([frame]) => frame <= frames);
  const last = points.at(-1);
  if (!last) return [];
  if (last[0] < frames) points.push([frames, last[1] + ((frames - last[0]) * 1000) / meta.rate]);
  return points;
}
