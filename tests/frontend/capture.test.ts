// The capture worklet: what of one's own input goes to the network, to the recorder and to the meter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RATE, processor, setFrame, type Processor } from "./worklet";
import type { CaptureBatch } from "../../frontend/jam/engine/capture-processor";
import { captureRing, readBlocks } from "../../frontend/jam/engine/rings";

await import("../../frontend/jam/engine/capture-processor");

const QUANTUM = 128;
const BATCH = 13 * QUANTUM;
const FADE = 240; // frames: 5 ms

let frame = 0;

function capture(channels: 1 | 2) {
  const ring = captureRing(channels);
  const { node, posted } = processor("jam-capture", { channels, ring: ring.buffer });
  let read = 0;
  /** Blocks that came since the last look: frame and samples. */
  const blocks = (): [number, number[]][] => {
    const got: [number, number[]][] = [];
    read = readBlocks(ring, read, (at, samples) => got.push([at, [...samples]]));
    return got;
  };
  const mute = (muted: boolean): void => node.port.onmessage!({ data: { t: "mute", muted } });
  return { node, posted, blocks, mute };
}

/** One render quantum with these channels as input. */
function play(node: Processor, ...input: number[][]): boolean {
  setFrame(frame);
  const more = node.process([input.map((samples) => Float32Array.from(samples))], []);
  frame += QUANTUM;
  return more;
}

const tone = (value: number): number[] => Array<number>(QUANTUM).fill(value);

/** Batches that come to a recorder from now on. */
function recorder(node: Processor) {
  const sent: CaptureBatch[] = [];
  const port = { onmessage: null as unknown, postMessage: (one: CaptureBatch) => sent.push(one) };
  node.port.onmessage!({ data: { t: "record", port } });
  node.port.onmessage!({ data: { t: "recording", on: true } });
  const back = port.onmessage as (event: { data: ArrayBuffer }) => void;
  return { sent, back };
}

test("each quantum goes to the network with its frame number", () => {
  const { node, blocks } = capture(1);
  frame = 256;
  play(node, tone(0.5));
  play(node, tone(0.25));
  assert.deepEqual(blocks(), [[256, tone(0.5)], [384, tone(0.25)]]);
});

test("a stereo input of a player who wants mono is the mean of both", () => {
  const { node, blocks } = capture(1);
  frame = 0;
  play(node, tone(0.5), tone(0.25));
  assert.deepEqual(blocks(), [[0, tone(0.375)]]);
});

test("two channels lie side by side, and one alone is on both", () => {
  const { node, blocks } = capture(2);
  frame = 0;
  play(node, tone(0.5), tone(0.25));
  play(node, tone(0.75));
  const [[, both], [, one]] = blocks() as [[number, number[]], [number, number[]]];
  assert.deepEqual(both.slice(0, 4), [0.5, 0.25, 0.5, 0.25]);
  assert.deepEqual(one.slice(0, 4), [0.75, 0.75, 0.75, 0.75]);
});

test("muting fades out within 5 ms, then nothing is sent at all", () => {
  const { node, blocks, mute } = capture(1);
  frame = 0;
  mute(true);
  play(node, tone(1));
  play(node, tone(1));
  const sound = blocks().flatMap(([, samples]) => samples);
  assert.equal(sound.length, 2 * QUANTUM);
  for (const [i, value] of sound.entries()) {
    assert.ok(Math.abs(value - Math.max(0, 1 - (i + 1) / FADE)) < 1e-5, `${i}: ${value}`);
  }
  assert.equal(sound.at(-1), 0);
  play(node, tone(1));
  play(node, tone(1));
  assert.deepEqual(blocks(), []);
});

test("unmuting fades in within 5 ms", () => {
  const { node, blocks, mute } = capture(1);
  frame = 0;
  mute(true);
  for (let i = 0; i < 4; i += 1) play(node, tone(1));
  blocks();
  mute(false);
  play(node, tone(1));
  play(node, tone(1));
  const sound = blocks().flatMap(([, samples]) => samples);
  for (const [i, value] of sound.entries()) {
    assert.ok(Math.abs(value - Math.min(1, (i + 1) / FADE)) < 1e-5, `${i}: ${value}`);
  }
});

test("without an input there is silence, also where sound was before", () => {
  const { node, blocks } = capture(1);
  frame = 0;
  play(node, tone(1));
  play(node);
  assert.deepEqual(blocks(), [[0, tone(1)], [128, tone(0)]]);
});

test("somebody muted without an input is heard from the first moment after", () => {
  const { node, blocks, mute } = capture(1);
  frame = 0;
  mute(true);
  play(node);
  mute(false);
  play(node);
  play(node, tone(1));
  assert.deepEqual(blocks().at(-1), [256, tone(1)]);
});

test("a muted player's stem holds silence, for as long as they are muted", () => {
  const { node, mute } = capture(1);
  const { sent } = recorder(node);
  frame = 0;
  mute(true);
  for (let i = 0; i < 26; i += 1) play(node, tone(1));
  assert.deepEqual(sent.map((batch) => batch.frame), [0, BATCH]);
  assert.ok(sent[0]!.samples.subarray(FADE).every((value) => value === 0));
  assert.ok(sent[1]!.samples.every((value) => value === 0));
});

test("nothing is recorded until it is asked for, and nothing after", () => {
  const { node } = capture(1);
  const { sent } = recorder(node);
  node.port.onmessage!({ data: { t: "recording", on: false } });
  frame = 0;
  for (let i = 0; i < 26; i += 1) play(node, tone(1));
  assert.deepEqual(sent, []);
  node.port.onmessage!({ data: { t: "recording", on: true } });
  const from = frame;
  for (let i = 0; i < 13; i += 1) play(node, tone(1));
  assert.deepEqual(sent.map((batch) => batch.frame), [from]);
});

test("a batch that was begun before a stop is not sent with the next take", () => {
  const { node } = capture(1);
  const { sent } = recorder(node);
  frame = 0;
  for (let i = 0; i < 5; i += 1) play(node, tone(1));
  node.port.onmessage!({ data: { t: "recording", on: false } });
  node.port.onmessage!({ data: { t: "recording", on: true } });
  for (let i = 0; i < 13; i += 1) play(node, tone(0.5));
  assert.deepEqual(sent.map((batch) => batch.frame), [5 * QUANTUM]);
  assert.ok(sent[0]!.samples.every((value) => value === 0.5));
});

test("where the browser left quanta out, the batch ends and the numbers show the gap", () => {
  const { node } = capture(2);
  const { sent } = recorder(node);
  frame = 0;
  play(node, tone(0.5), tone(0.25));
  play(node, tone(0.5), tone(0.25));
  frame += 3 * QUANTUM;
  for (let i = 0; i < 13; i += 1) play(node, tone(0.75), tone(0));
  assert.deepEqual(sent.map((batch) => [batch.frame, batch.samples.length]), [
    [0, 2 * 2 * QUANTUM], [5 * QUANTUM, 2 * BATCH],
  ]);
  assert.deepEqual([...sent[0]!.samples.subarray(0, 2)], [0.5, 0.25]);
  assert.deepEqual([...sent[1]!.samples.subarray(0, 2)], [0.75, 0]);
});

test("buffers that come back are used again", () => {
  const { node } = capture(1);
  const { sent, back } = recorder(node);
  frame = 0;
  for (let i = 0; i < 13; i += 1) play(node, tone(1));
  const first = sent[0]!.samples.buffer;
  back({ data: first });
  back({ data: new ArrayBuffer(16) }); // of a shorter batch: no use
  for (let i = 0; i < 26; i += 1) play(node, tone(1));
  assert.equal(sent[2]!.samples.buffer, first);
});

test("a batch says of each of its quanta when it came", () => {
  const { node } = capture(1);
  const { sent } = recorder(node);
  const real = Date.now;
  frame = 0;
  // Each block should come when it is over; the fifth is 1 ms late, all others are 7.
  for (let i = 0; i < 13; i += 1) {
    const over = ((frame + QUANTUM) * 1000) / RATE;
    Date.now = () => 1_000_000 + over + (i === 4 ? 1 : 7);
    play(node, tone(1));
  }
  Date.now = real;
  const late = [...sent[0]!.zeros].map((zero) => Math.round((zero - 1_000_000) * 1e6) / 1e6);
  assert.deepEqual(late, [7, 7, 7, 7, 1, 7, 7, 7, 7, 7, 7, 7, 7]);
});

test("the page hears a level twenty times a second, also of a silent input", () => {
  const { node, posted } = capture(1);
  frame = 0;
  for (let i = 0; i < 19; i += 1) play(node, tone(0.5));
  assert.deepEqual(posted, [{ peak: 0.5, rms: 0.5 }]);
  for (let i = 0; i < 19; i += 1) play(node);
  assert.deepEqual(posted.at(-1), { peak: 0, rms: 0 });
});

test("without shared memory the recorder and the meter go on", () => {
  const { node, posted } = processor("jam-capture", { channels: 1, ring: null });
  const { sent } = recorder(node);
  frame = 0;
  for (let i = 0; i < 19; i += 1) play(node, tone(0.5));
  assert.equal(sent.length, 1);
  assert.equal(posted.length, 1);
});

test("it lives until it is closed", () => {
  const { node } = capture(1);
  assert.equal(play(node, tone(0)), true);
  node.port.onmessage!({ data: { t: "close" } });
  assert.equal(play(node, tone(0)), false);
});
