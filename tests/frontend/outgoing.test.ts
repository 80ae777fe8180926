// The newest sound, kept for those whose form of it changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../frontend/jam/engine/outgoing";

/** Blocks of 128 frames whose samples are their own frame's number. */
function filled(from: number, blocks: number, channels = 1): History {
  const history = new History(channels);
  for (let block = 0; block < blocks; block += 1) {
    const frame = (from + 128 * block) | 0;
    const sample = (_: unknown, i: number): number => (frame + Math.floor(i / channels)) / 65_536;
    history.add(frame, Float32Array.from({ length: 128 * channels }, sample));
  }
  return history;
}

const frames = (samples: Float32Array | null): number[] => [...(samples ?? [])].map((value) => value * 65_536);

test("what came since a frame is given from there to the newest", () => {
  const history = filled(1024, 4);
  assert.equal(history.end, 1536);
  assert.deepEqual(frames(history.since(1533)), [1533, 1534, 1535]);
  assert.equal(history.since(1024)!.length, 512);
});

test("both channels of each frame", () => {
  assert.deepEqual(frames(filled(0, 2, 2).since(254)), [254, 254, 255, 255]);
});

test("what isn't here any more, or not yet, is not given in part", () => {
  const history = filled(0, 20); // 2560 frames, of which 2048 are kept
  assert.equal(history.since(511), null);
  assert.equal(history.since(512)!.length, 2048);
  assert.equal(history.since(2560), null);
  assert.equal(history.since(9999), null);
});

test("what lay before a pause is none of what followed it", () => {
  const history = filled(0, 4);
  history.add(9000, new Float32Array(128));
  assert.equal(history.since(512), null);
  assert.equal(history.since(8999), null);
  assert.equal(history.since(9000)!.length, 128);
});

test("frame numbers may pass 2^31", () => {
  const history = filled(2 ** 31 - 128, 2);
  assert.equal(history.since(2 ** 31 - 10)!.length, 138);
});
