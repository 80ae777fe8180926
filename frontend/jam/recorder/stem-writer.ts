// Batches of the capture worklet -> 24-bit frames in a stem's file, in their right place in session time.
import type { CaptureBatch } from "../engine/capture-processor";
import { QUANTUM } from "../engine/rings";
import { FrameClock, INPUT_LATENCY_MS, STEP_MS } from "./frame-clock";
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

const POINT_S = CHUNK_SECONDS;

export class StemWriter {
  #clock: FrameClock;
  /** Batches that wait until the clock knows their time. */
  #held: CaptureBatch[] = [];
  #placed = false;
  /** context frame that comes next, once this source has its place */
  #next: number | null = null;
  /** frames in the file */
  frames: number;
  #lastPoint = -Infinity;
  #lastFlush = 0;
  #before: { frame: number; session: number } | null = null;
  /** The stem's first point is by the newest second alone, until the clock knows better. */
  #firstIsRough = false;
  ended = false;
  stopsAt: number | null = null;

  constructor(
    readonly file: StemFile,
    readonly meta: StemMeta,
    /** session ms at which to begin; null: at once */
    readonly startsAt: number | null,
    /** session ms of this machine's clock 0 */
    readonly offset: () => number,
    readonly wall: () => number,
  ) {
    this.frames = Math.floor(file.size() / bytesPerFrame(meta));
    // A tab killed while writing may have left a part of a frame, perhaps of the very first.
    if (file.size() > 0) file.truncate(this.frames * bytesPerFrame(meta));
    this.#clock = new FrameClock(meta.rate);
  }

  /** The description changed and wants saving. */
  onPoint: () => void = () => undefined;
  /** So many frames are known to be lost; silence stands in their place. */
  onLost: (frames: number) => void = () => undefined;

  /** Another AudioContext or input from here on: its frames are placed by the clock anew. */
  newSource(): void {
    if (this.#held.length > 0) this.#release();
    this.#points(true);
    this.#clock = new FrameClock(this.meta.rate);
    this.#placed = false;
    this.#next = null;
    this.#before = null;
    this.#lastPoint = -Infinity; // its own first reading is a point
  }

  add(batch: CaptureBatch): void {
    if (this.ended) return;
    const end = batch.frame + batch.samples.length / this.meta.channels;
    const ahead = this.wall();
    for (const [place, zero] of batch.zeros.entries()) {
      this.#clock.add(Math.min(end, batch.frame + (place + 1) * QUANTUM), zero + ahead);
    }
    if (!this.#placed) {
      // A copy: the batch's own buffer goes back to the worklet.
      this.#held.push({ ...batch, samples: batch.samples.slice() });
      if (this.#clock.ready) this.#release();
      return;
    }
    if (this.#next === null && !this.#place(batch)) return;
    this.#append(batch);
  }

  /** What came before the clock could tell its time, into its place. */
  #release(): void {
    this.#placed = true;
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
      this.#silence(-from); // frames that were counted and never came
      this.#next = batch.frame;
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
    if (this.frames === 0) {
      this.#point(0, this.#session(this.#next));
      this.#firstIsRough = true;
    }
    this.file.write(s24(batch.samples.subarray(from * channels, to * channels)));
    this.frames += to - from;
    this.#next = batch.frame + to;
    this.#points(this.ended);
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
    if (frames > 0) this.onLost(frames);
  }

  /** Notes when frames were captured: one every five seconds, and both sides of a step. */
  #points(all: boolean): void {
    if (this.#next === null) return;
    const origin = this.#next - this.frames; // context frame of the stem's frame 0
    for (const { end, zero } of this.#clock.readings(all)) {
      const frame = end - origin;
      if (frame <= 0 || frame > this.frames) continue;
      const session = (end * 1000) / this.meta.rate + zero - INPUT_LATENCY_MS + this.offset();
      if (this.#firstIsRough) {
        this.meta.clock[0] = [0, rounded(session - (frame * 1000) / this.meta.rate)];
        this.#firstIsRough = false;
      }
      const before = this.#before;
      this.#before = { frame, session };
      if (before) {
        const step = session - before.session - ((frame - before.frame) * 1000) / this.meta.rate;
        if (Math.abs(step) > STEP_MS) {
          this.#point(before.frame, before.session);
          this.#point(frame, session);
        }
      }
      if (frame - this.#lastPoint >= POINT_S * this.meta.rate) this.#point(frame, session);
    }
    if (all && this.#before) {
      const { frame, session } = this.#before;
      this.#point(this.frames, session + ((this.frames - frame) * 1000) / this.meta.rate);
    }
  }

  #point(frame: number, session: number): void {
    const last = this.meta.clock.at(-1);
    if (last && last[0] >= frame) return;
    this.#lastPoint = frame;
    this.meta.clock.push([frame, rounded(session)]);
    this.onPoint();
  }

  /** Ends at this session time, also when it has passed already: what was written since goes. */
  stopAt(session: number): void {
    this.stopsAt = Math.min(session, this.stopsAt ?? Infinity);
    if (this.ended) return;
    const frame = frameAt(this.meta, this.stopsAt);
    if (frame === null || frame >= this.frames || this.#next === null) return;
    this.#points(true);
    this.ended = true;
    cut(this.meta, frame);
    this.frames = frame;
    this.file.truncate(frame * bytesPerFrame(this.meta));
    this.onPoint();
    this.file.flush();
  }

  /** Ends without waiting for more sound (the context is gone). */
  finish(): void {
    if (this.#held.length > 0) this.#release();
    this.ended = true;
    this.#points(true);
    this.file.flush();
  }
}

/** Points are kept to a thousandth of a millisecond. */
function rounded(session: number): number {
  return Math.round(session * 1000) / 1000;
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

/** The stem's frame at this session time by its points; null before the first. */
export function frameAt(meta: StemMeta, session: number): number | null {
  const last = meta.clock.findLast(([, at]) => at <= session);
  if (!last) return null;
  const next = meta.clock.find(([frame]) => frame > last[0]);
  const frame = last[0] + Math.round(((session - last[1]) * meta.rate) / 1000);
  return next ? Math.min(frame, next[0]) : frame; // between two points the context may have stood still
}

/** Leaves no point beyond this frame, and one there. */
function cut(meta: StemMeta, frame: number): void {
  const points = meta.clock.filter(([at]) => at <= frame);
  meta.clock.splice(0, Infinity, ...fullClock({ ...meta, clock: points }, frame));
}

/** At least two points, the last at the stem's end: what a killed tab could not note is extrapolated. */
export function fullClock(meta: StemMeta, frames: number): [number, number][] {
  const points = meta.clock.filter(([frame]) => frame <= frames);
  const last = points.at(-1);
  if (!last) return [];
  if (last[0] < frames) points.push([frames, last[1] + ((frames - last[0]) * 1000) / meta.rate]);
  return points;
}
