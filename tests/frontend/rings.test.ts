// The rings between worklets and worker: what goes in comes out, in its place, also where numbers wrap.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PLAYOUT_FRAMES, QUANTUM, Slot, captureRing, playoutRing, readBlocks, writeBlock, writeSound, type CaptureRing,
} from "../../frontend/jam/engine/rings";

const MOST = 2 ** 31 - 1; // the greatest number that 32 bits hold

const block = (value: number, channels = 1): Float32Array => new Float32Array(QUANTUM * channels).fill(value);

/** What a reader gets: the frame and the first sample of each block. */
function read(ring: CaptureRing, from: number): { got: [number, number][]; next: number } {
  const got: [number, number][] = [];
  const next = readBlocks(ring, from, (frame, samples) => got.push([frame, samples[0]!]));
  return { got, next };
}

// ---- capture ---------------------------------------------------------------------------------------

test("the worker reads each block of the worklet once, in order, with its frame number", () => {
  const ring = captureRing(1);
  writeBlock(ring, 0, block(0.25));
  writeBlock(ring, 128, block(0.5));
  const first = read(ring, 0);
  assert.deepEqual(first.got, [[0, 0.25], [128, 0.5]]);
  assert.equal(first.next, 2);
  assert.deepEqual(read(ring, first.next), { got: [], next: 2 });
  writeBlock(ring, 256, block(0.75));
  assert.deepEqual(read(ring, first.next), { got: [[256, 0.75]], next: 3 });
});

test("both sides lay out the same shared memory alike", () => {
  const worklet = captureRing(2);
  const worker = captureRing(2, worklet.buffer);
  const stereo = Float32Array.from({ length: 2 * QUANTUM }, (_, i) => i / 256);
  writeBlock(worklet, 0, block(0, 2));
  writeBlock(worklet, 128, stereo);
  const whole: Float32Array[] = [];
  readBlocks(worker, 1, (_, samples) => whole.push(samples.slice()));
  assert.deepEqual(whole, [stereo]);
});

test("the ring's memory is as long as its blocks", () => {
  assert.equal(captureRing(1).buffer.byteLength, 4 + 128 * 4 + 128 * 128 * 4);
  assert.equal(captureRing(2).buffer.byteLength, 4 + 128 * 4 + 2 * 128 * 128 * 4);
});

test("a reader that is half a ring behind reads everything; one block more, and old sound is skipped", () => {
  const ring = captureRing(1);
  for (let i = 0; i < 64; i += 1) writeBlock(ring, 128 * i, block(i / 128));
  assert.equal(read(ring, 0).got.length, 64);
  writeBlock(ring, 128 * 64, block(0.5));
  const { got, next } = read(ring, 0);
  assert.deepEqual(got, [[128 * 63, 63 / 128], [128 * 64, 0.5]]);
  assert.equal(next, 65);
});

test("after the ring was filled many times, blocks still come out as they went in", () => {
  const ring = captureRing(1);
  let next = 0;
  for (let i = 0; i < 1000; i += 1) {
    writeBlock(ring, 128 * i, block(i / 1024));
    const one = read(ring, next);
    assert.deepEqual(one.got, [[128 * i, i / 1024]]);
    next = one.next;
  }
});

test("the count of blocks may pass 2^31", () => {
  const ring = captureRing(1);
  ring.written[0] = MOST;
  writeBlock(ring, 0, block(0.25));
  writeBlock(ring, 128, block(0.5));
  assert.deepEqual(read(ring, MOST), { got: [[0, 0.25], [128, 0.5]], next: -MOST });
});

test("frame numbers are kept modulo 2^32", () => {
  const ring = captureRing(1);
  writeBlock(ring, MOST + 1, block(0.25));
  writeBlock(ring, 2 ** 32 + 128, block(0.5));
  assert.deepEqual(read(ring, 0).got, [[-MOST - 1, 0.25], [128, 0.5]]);
});

test("every second block wakes the worker, as a PCM packet has two", async () => {
  const ring = captureRing(1);
  const atomics = Atomics as unknown as {
    waitAsync(array: Int32Array, at: number, seen: number, ms: number): { value: Promise<string> };
  };
  const waiting = atomics.waitAsync(ring.written, 0, 0, 2000).value;
  let woken = "";
  void waiting.then((how) => (woken = how));
  writeBlock(ring, 0, block(0));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(woken, "");
  writeBlock(ring, 128, block(0));
  assert.equal(await waiting, "ok");
});

// ---- playout ---------------------------------------------------------------------------------------

const tone = (...values: number[]): Float32Array => Float32Array.from(values);

/** The frames that hold sound, with the left sample of each. */
function held(ring: ReturnType<typeof playoutRing>): [number, number][] {
  return [...ring.left.entries()].filter(([, value]) => !Number.isNaN(value));
}

test("a new playout ring holds no sound, and the other side does not wipe what lies in it", () => {
  const ring = playoutRing();
  assert.ok(ring.left.every(Number.isNaN));
  assert.ok(ring.right.every(Number.isNaN));
  writeSound(ring, 5, tone(0.5), tone(0.25));
  const other = playoutRing(ring.buffer);
  assert.deepEqual(held(other), [[5, 0.5]]);
  assert.equal(other.right[5], 0.25);
});

test("sound lies at its frame, left and right apart, in whatever order it comes", () => {
  const ring = playoutRing();
  writeSound(ring, 12, tone(0.75, 1), tone(-0.75, -1));
  writeSound(ring, 10, tone(0.25, 0.5), tone(-0.25, -0.5));
  assert.deepEqual(held(ring), [[10, 0.25], [11, 0.5], [12, 0.75], [13, 1]]);
  assert.deepEqual([...ring.right.subarray(10, 14)], [-0.25, -0.5, -0.75, -1]);
});

test("sound beyond the end of the ring goes on at its beginning", () => {
  const ring = playoutRing();
  ring.head[Slot.position] = PLAYOUT_FRAMES - 2;
  writeSound(ring, PLAYOUT_FRAMES - 2, tone(0.25, 0.5, 0.75), tone(0, 0, 0));
  assert.deepEqual(held(ring), [[0, 0.75], [PLAYOUT_FRAMES - 2, 0.25], [PLAYOUT_FRAMES - 1, 0.5]]);
});

test("of sound that comes late, what was played already is left out", () => {
  const ring = playoutRing();
  ring.head[Slot.position] = 100;
  writeSound(ring, 98, tone(0.125, 0.25, 0.5, 0.75), tone(0, 0, 0, 0));
  assert.deepEqual(held(ring), [[100, 0.5], [101, 0.75]]);
  writeSound(ring, 50, tone(1, 1), tone(1, 1));
  assert.deepEqual(held(ring), [[100, 0.5], [101, 0.75]]);
});

test("sound too far ahead is left out: it would lie where the worklet still reads", () => {
  const ring = playoutRing();
  ring.head[Slot.position] = 1000;
  const furthest = 1000 + PLAYOUT_FRAMES - 1024;
  writeSound(ring, furthest - 2, tone(0.25, 0.5, 0.75), tone(0, 0, 0));
  assert.deepEqual(held(ring), [[furthest - 2, 0.25], [furthest - 1, 0.5]]);
  writeSound(ring, furthest + 5000, tone(1), tone(1));
  assert.equal(held(ring).length, 2);
});

test("frame numbers may pass 2^31 while sound plays", () => {
  const ring = playoutRing();
  ring.head[Slot.position] = MOST - 1;
  writeSound(ring, MOST - 3, tone(0.125, 0.25, 0.5, 0.75, 1), tone(0, 0, 0, 0, 0));
  assert.deepEqual(held(ring), [[0, 1], [PLAYOUT_FRAMES - 2, 0.5], [PLAYOUT_FRAMES - 1, 0.75]]);
  const last = (MOST - 1 + PLAYOUT_FRAMES - 1024 - 1) | 0;
  writeSound(ring, last, tone(0.25, 1), tone(0, 0)); // one fits, one is too far ahead
  assert.equal(held(ring).length, 4);
});
