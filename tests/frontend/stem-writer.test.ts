// The stem's file: 24-bit frames in their right place, and points that say when they were captured.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaptureBatch } from "../../frontend/jam/engine/capture-processor";
import type { StemMeta } from "../../frontend/jam/recorder/stem-file";
import {
  StemWriter, bytesPerFrame, chunkBytes, frameAt, fullClock, s24,
} from "../../frontend/jam/recorder/stem-writer";
import { wavHead } from "../../frontend/jam/recorder/wav";
import { Memory } from "./memory";

const RATE = 48_000;
const BATCH = 13 * 128;

function meta(channels = 1, clock: [number, number][] = []): StemMeta {
  return { stem: "s", recording: "r", session: "j", rate: RATE, channels, state: "capturing", clock, generation: 0 };
}

interface Setup {
  channels?: number;
  startsAt?: number | null;
  file?: Memory;
  clock?: [number, number][];
}

/** A writer on a machine whose clock is the session's. */
function writer({ channels = 1, startsAt = null, file = new Memory(), clock = [] }: Setup = {}) {
  const description = meta(channels, clock);
  const made = new StemWriter(file, description, startsAt, () => 0, () => 0);
  const lost: number[] = [];
  let points = 0;
  made.onLost = (frames) => lost.push(frames);
  made.onPoint = () => (points += 1);
  return { made, file, meta: description, lost, points: () => points };
}

const value = (frame: number): number => ((frame % 4000) - 2000) / 4096;

/** Batches of an input whose frame 0 was at `zero` (session ms), from the frame `from` to `to`. */
function play(made: StemWriter, from: number, to: number, zero = 0, channels = 1): void {
  for (let frame = from; frame < to; frame += BATCH) {
    const count = Math.min(BATCH, to - frame);
    const samples = Float32Array.from({ length: count * channels }, (_, i) => value(frame + Math.floor(i / channels)));
    const zeros = new Float64Array(Math.ceil(count / 128)).fill(zero);
    const batch: CaptureBatch = { frame, samples, zeros };
    made.add(batch);
  }
}

/** The frames that lie in the file from here on, by their samples (channels are alike). */
const sound = (file: Memory, at: number, count: number, channels = 1): number[] =>
  Array.from({ length: count }, (_, i) => {
    const offset = 3 * channels * (at + i);
    const [low, middle, high] = file.bytes.slice(offset, offset + 3);
    return (((low! | (middle! << 8) | (high! << 16)) << 8) >> 8) / 8_388_608;
  });

const values = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => value(from + i));

// ---- bytes -----------------------------------------------------------------------------------------

test("samples are written as 24 bits, little endian, cut at full scale", () => {
  assert.deepEqual([...s24(Float32Array.of(0, 0.5, -0.5, 1 / 8_388_608))], [
    0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0, 1, 0, 0,
  ]);
  assert.deepEqual([...s24(Float32Array.of(1, 2, -1, -2))], [
    0xff, 0xff, 0x7f, 0xff, 0xff, 0x7f, 0, 0, 0x80, 0, 0, 0x80,
  ]);
  assert.deepEqual([...s24(Float32Array.of(NaN))], [0, 0, 0]);
});

test("a chunk is five seconds of frames", () => {
  assert.equal(bytesPerFrame(meta(2)), 6);
  assert.equal(chunkBytes(meta(1)), 5 * RATE * 3);
  assert.equal(chunkBytes({ ...meta(2), rate: 44_100 }), 5 * 44_100 * 6);
});

test("the head of a WAV file says all there is to say", () => {
  const head = wavHead(48_000, 2, 600);
  assert.deepEqual([...head], [
    ...Buffer.from("RIFF"), 636 & 255, 636 >> 8, 0, 0, ...Buffer.from("WAVEfmt "), 16, 0, 0, 0, 1, 0, 2, 0,
    0x80, 0xbb, 0, 0, // 48000 frames a second
    0x00, 0x65, 0x04, 0, // 288000 bytes a second
    6, 0, 24, 0, ...Buffer.from("data"), 600 & 255, 600 >> 8, 0, 0,
  ]);
});

// ---- where sound goes --------------------------------------------------------------------------------

test("nothing is written until a second of batches has told the time, then all of it is", () => {
  const { made, file } = writer();
  play(made, 0, RATE);
  assert.equal(file.size(), 0);
  play(made, 29 * BATCH, 31 * BATCH);
  assert.equal(made.frames, 31 * BATCH);
  assert.deepEqual(sound(file, 0, 4), values(0, 4));
});

test("a stop within the first second keeps what was captured", () => {
  const { made, file, meta: { clock } } = writer();
  play(made, 0, 3 * BATCH, 5000);
  made.finish();
  assert.equal(made.frames, 3 * BATCH);
  assert.deepEqual(sound(file, 3 * BATCH - 2, 2), values(3 * BATCH - 2, 2));
  assert.deepEqual(clock, [[0, 5000], [3 * BATCH, 5104]]);
});

test("two channels lie side by side", () => {
  const { made, file } = writer({ channels: 2 });
  play(made, 0, 2 * RATE, 0, 2);
  made.finish();
  assert.equal(file.size(), 6 * 2 * RATE);
  assert.deepEqual(sound(file, RATE, 3, 2), values(RATE, 3));
});

test("a take that begins later leaves out what came before, to the frame", () => {
  const { made, file, meta: { clock } } = writer({ startsAt: 1500.5 });
  play(made, 0, 3 * RATE);
  made.finish();
  const first = 72_024; // 1.5005 s
  assert.deepEqual(sound(file, 0, 2), values(first, 2));
  assert.deepEqual(clock[0], [0, 1500.5]);
  assert.equal(made.frames, 3 * RATE - first);
});

test("a take that began before this input did begins with its first frame", () => {
  const { made, file, meta: { clock } } = writer({ startsAt: 1000 });
  play(made, 0, 2 * RATE, 4000);
  made.finish();
  assert.deepEqual(sound(file, 0, 2), values(0, 2));
  assert.deepEqual(clock[0], [0, 4000]);
});

test("a take that has not begun yet writes nothing", () => {
  const { made, file, meta: { clock } } = writer({ startsAt: 60_000 });
  play(made, 0, 5 * RATE);
  made.finish();
  assert.equal(file.size(), 0);
  assert.deepEqual(clock, []);
});

test("batches that come twice, or overlap, are written once", () => {
  const { made, file } = writer();
  play(made, 0, 40 * BATCH);
  play(made, 39 * BATCH, 40 * BATCH);
  play(made, 40 * BATCH - 100, 41 * BATCH);
  made.finish();
  assert.equal(made.frames, 41 * BATCH);
  assert.deepEqual(sound(file, 40 * BATCH - 2, 4), values(40 * BATCH - 2, 4));
});

test("it is written through to the disk about once a second", () => {
  const { made, file } = writer();
  play(made, 0, 10 * RATE);
  assert.ok(file.flushed >= 8 && file.flushed <= 10, String(file.flushed));
});

// ---- another input, another page -----------------------------------------------------------------------

test("another input goes on where the session is by now, with silence between", () => {
  const { made, file, lost } = writer();
  play(made, 0, 2 * RATE);
  made.newSource();
  play(made, 500_000, 500_000 + 2 * RATE, 2500 - (500_000 * 1000) / RATE); // at 2500 ms
  made.finish();
  assert.deepEqual(lost, [RATE / 2]);
  assert.equal(made.frames, 4.5 * RATE);
  assert.deepEqual(sound(file, 2 * RATE - 1, 2), [value(2 * RATE - 1), 0]);
  assert.deepEqual(sound(file, 2.5 * RATE - 1, 3), [0, ...values(500_000, 2)]);
});

test("where both inputs sound for a moment, the first is heard out", () => {
  const { made, file, lost } = writer();
  play(made, 0, 2 * RATE);
  made.newSource();
  play(made, 500_000, 500_000 + 2 * RATE, 1900 - (500_000 * 1000) / RATE);
  made.finish();
  assert.deepEqual(lost, []);
  assert.equal(made.frames, 3.9 * RATE);
  assert.deepEqual(sound(file, 2 * RATE - 1, 2), [value(2 * RATE - 1), value(500_000 + RATE / 10)]);
});

test("a page that was loaded again goes on with its stem", () => {
  const before = writer();
  play(before.made, 0, 2 * RATE, 10_000);
  before.made.finish();
  const { made, file, meta: { clock }, lost } = writer({ file: before.file, clock: before.meta.clock });
  assert.equal(made.frames, 2 * RATE);
  play(made, 0, 2 * RATE, 15_000);
  made.finish();
  assert.deepEqual(lost, [3 * RATE]);
  assert.deepEqual(sound(file, 5 * RATE, 2), values(0, 2));
  assert.deepEqual(clock.at(-1), [7 * RATE, 17_000]);
});

test("after more than an hour it is another take, and nothing is added", () => {
  const before = writer();
  play(before.made, 0, 2 * RATE);
  before.made.finish();
  const { made, lost } = writer({ file: before.file, clock: before.meta.clock });
  play(made, 0, 2 * RATE, 3_700_000);
  made.finish();
  assert.equal(made.frames, 2 * RATE);
  assert.deepEqual(lost, []);
});

test("half a frame that a killed tab left is cut off", () => {
  const file = new Memory();
  file.write(new Uint8Array(6 * 10 + 4));
  const { made } = writer({ channels: 2, file });
  assert.equal(made.frames, 10);
  assert.equal(file.size(), 60);
});

test("also where it is all that the tab left", () => {
  const file = new Memory();
  file.write(new Uint8Array(2));
  const { made } = writer({ file });
  play(made, 0, 2 * RATE);
  made.finish();
  assert.deepEqual(sound(file, 0, 4), values(0, 4));
});

// ---- the end -----------------------------------------------------------------------------------------

test("an end that is still to come is kept to the frame", () => {
  const { made, file } = writer();
  play(made, 0, 2 * RATE);
  made.stopAt(3000.5);
  assert.equal(made.ended, false);
  play(made, 2 * RATE, 4 * RATE);
  assert.equal(made.ended, true);
  assert.equal(made.frames, 144_024);
  assert.equal(file.size(), 3 * 144_024);
});

test("what comes after the end is not written", () => {
  const { made, file } = writer();
  play(made, 0, 2 * RATE);
  made.finish();
  play(made, 2 * RATE, 4 * RATE);
  assert.equal(file.size(), 3 * 2 * RATE);
});

test("of two ends the earlier counts", () => {
  const { made } = writer();
  play(made, 0, 2 * RATE);
  made.stopAt(4000);
  made.stopAt(3000);
  made.stopAt(5000);
  play(made, 2 * RATE, 6 * RATE);
  assert.equal(made.frames, 3 * RATE);
});

test("points lie five seconds apart, and one at each end", () => {
  const { made, meta: { clock }, points } = writer();
  play(made, 0, 12 * RATE, 1000);
  made.finish();
  assert.equal(clock.length, 4);
  assert.deepEqual(clock[0], [0, 1000]);
  assert.deepEqual(clock.at(-1), [12 * RATE, 13_000]);
  for (const at of [1, 2]) {
    const [frame, session] = clock[at]!;
    assert.ok(frame - clock[at - 1]![0] >= 5 * RATE && frame - clock[at - 1]![0] < 5 * RATE + BATCH);
    assert.ok(Math.abs(session - 1000 - (frame * 1000) / RATE) < 0.001);
  }
  assert.equal(points(), clock.length);
});

// ---- points ------------------------------------------------------------------------------------------

test("the frame at a time goes by the points around it", () => {
  const one = meta(1, [[0, 1000], [RATE, 2000], [2 * RATE, 3500], [3 * RATE, 4500]]);
  assert.equal(frameAt(one, 999), null);
  assert.equal(frameAt(one, 1000), 0);
  assert.equal(frameAt(one, 1500), RATE / 2);
  assert.equal(frameAt(one, 2900), 1.9 * RATE);
  assert.equal(frameAt(one, 3400), 2 * RATE); // it stood still: no frame of later
  assert.equal(frameAt(one, 3500), 2 * RATE);
  assert.equal(frameAt(one, 5500), 4 * RATE); // beyond the last point it goes on
  assert.equal(frameAt(meta(), 1000), null);
});

test("the clock that is sent has a point at the end, also where a killed tab noted none", () => {
  const one = meta(1, [[0, 1000], [RATE, 2000]]);
  assert.deepEqual(fullClock(one, RATE), [[0, 1000], [RATE, 2000]]);
  assert.deepEqual(fullClock(one, 3 * RATE), [[0, 1000], [RATE, 2000], [3 * RATE, 4000]]);
  assert.deepEqual(fullClock(one, RATE / 2), [[0, 1000], [RATE / 2, 1500]]);
  assert.deepEqual(fullClock(meta(), RATE), []);
  assert.deepEqual(one.clock, [[0, 1000], [RATE, 2000]]);
});
