// The two SharedArrayBuffer rings. Each has one writer and one reader; indices are Int32 that wrap.

export const QUANTUM = 128;

// ---- capture: worklet -> network worker, in blocks of one render quantum -------------------------

const BLOCKS = 128; // 0.34 s at 48 kHz

export interface CaptureRing {
  buffer: SharedArrayBuffer;
  channels: number;
  /** [0] blocks written so far */
  written: Int32Array;
  /** context frame of each block's first sample */
  frames: Int32Array;
  /** interleaved samples of all blocks */
  samples: Float32Array;
}

export function captureRing(channels: number, shared?: SharedArrayBuffer): CaptureRing {
  const head = 4 * (1 + BLOCKS);
  const buffer = shared ?? new SharedArrayBuffer(head + BLOCKS * QUANTUM * channels * 4);
  return {
    buffer,
    channels,
    written: new Int32Array(buffer, 0, 1),
    frames: new Int32Array(buffer, 4, BLOCKS),
    samples: new Float32Array(buffer, head, BLOCKS * QUANTUM * channels),
  };
}

export function writeBlock(ring: CaptureRing, frame: number, interleaved: Float32Array): void {
  const count = ring.written[0]!;
  const slot = count & (BLOCKS - 1);
  ring.frames[slot] = frame | 0;
  ring.samples.set(interleaved, slot * QUANTUM * ring.channels);
  Atomics.store(ring.written, 0, (count + 1) | 0);
  // PCM packets are two blocks long: waking the worker for every second one is enough.
  if (count & 1) Atomics.notify(ring.written, 0);
}

/** Calls `take` for each block not read yet; returns the new read count. */
export function readBlocks(
  ring: CaptureRing,
  read: number,
  take: (frame: number, interleaved: Float32Array) => void,
): number {
  const written = Atomics.load(ring.written, 0);
  let next = read;
  if (((written - next) | 0) > BLOCKS / 2) next = (written - 2) | 0; // stalled: old sound is no use
  const size = QUANTUM * ring.channels;
  for (; next !== written; next = (next + 1) | 0) {
    const slot = next & (BLOCKS - 1);
    take(ring.frames[slot]!, ring.samples.subarray(slot * size, (slot + 1) * size));
  }
  return next;
}

// ---- playout: network worker -> worklet, addressed by the sender's frame number ------------------
// A sample that has not arrived is NaN; the reader puts NaN back behind itself. So the newest moment
// decides what is missing, and packets of any size and order fit.

export const PLAYOUT_FRAMES = 1 << 15; // 0.68 s
const MASK = PLAYOUT_FRAMES - 1;

export const enum Slot {
  /** next frame the worklet will read (its own 32-bit frame number) */
  position = 0,
  /** worker asks the worklet to move there; counted by `resyncEpoch`, confirmed by `resyncDone` */
  resyncTo,
  resyncEpoch,
  resyncDone,
  /** frames of delay more than needed (negative: too few); the worklet resamples it away */
  excess,
  /** 1/16 frames by which resampling has moved the position so far */
  correction,
  /** concealed frames while sound was expected; number of gaps */
  concealed,
  gaps,
  /** 1 while the other is sending: gaps then count */
  expecting,
  /** frames by which the position is ahead of the context's own: what interval mode holds still */
  lag,
}

export interface PlayoutRing {
  buffer: SharedArrayBuffer;
  head: Int32Array;
  left: Float32Array;
  right: Float32Array;
}

export function playoutRing(shared?: SharedArrayBuffer): PlayoutRing {
  const buffer = shared ?? new SharedArrayBuffer(64 + PLAYOUT_FRAMES * 8);
  const ring = {
    buffer,
    head: new Int32Array(buffer, 0, 16),
    left: new Float32Array(buffer, 64, PLAYOUT_FRAMES),
    right: new Float32Array(buffer, 64 + PLAYOUT_FRAMES * 4, PLAYOUT_FRAMES),
  };
  if (!shared) {
    ring.left.fill(NaN);
    ring.right.fill(NaN);
  }
  return ring;
}

/** Places sound at `frame`, leaving out what is already played or too far ahead. */
export function writeSound(
  ring: PlayoutRing,
  frame: number,
  left: Float32Array,
  right: Float32Array,
): void {
  const position = Atomics.load(ring.head, Slot.position);
  const from = Math.max(0, (position - frame) | 0);
  const room = PLAYOUT_FRAMES - 1024 - ((frame - position) | 0);
  const to = Math.min(left.length, room);
  for (let i = from; i < to; i += 1) {
    const at = (frame + i) & MASK;
    ring.left[at] = left[i]!;
    ring.right[at] = right[i]!;
  }
}
