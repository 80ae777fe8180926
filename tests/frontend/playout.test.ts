// The playout worklet: sound comes out as it went in, gaps are faded, the delay follows what is asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RATE, processor, type Processor } from "./worklet";
import { PLAYOUT_FRAMES, Slot, playoutRing, writeSound, type PlayoutRing } from "../../frontend/jam/engine/rings";

await import("../../frontend/jam/engine/playout-processor");

const QUANTUM = 128;
const RISE = 96; // frames over which sound comes back after a gap
const TAIL = 192; // frames over which its end, mirrored, fades

interface Playout {
  ring: PlayoutRing;
  node: Processor;
  posted: unknown[];
}

function playout(): Playout {
  const ring = playoutRing();
  return { ring, ...processor("jam-playout", { ring: ring.buffer }) };
}

/** So many quanta of output, left and right. */
function hear({ node }: Playout, quanta: number): { left: number[]; right: number[] } {
  const left: number[] = [];
  const right: number[] = [];
  for (let i = 0; i < quanta; i += 1) {
    const out = [new Float32Array(QUANTUM), new Float32Array(QUANTUM)];
    node.process([], [out]);
    left.push(...out[0]!);
    right.push(...out[1]!);
  }
  return { left, right };
}

const value = (frame: number): number => ((frame % 1000) - 500) / 1024;

/** Sound whose every sample says which frame it is. */
function send(ring: PlayoutRing, from: number, frames: number, sound = value): void {
  const left = Float32Array.from({ length: frames }, (_, i) => sound(from + i));
  writeSound(ring, from, left, left.map((one) => one / 2));
}

const close = (a: number, b: number): boolean => Math.abs(a - b) < 1e-4;

test("sound comes out at its frame, left and right, after a short rise", () => {
  const one = playout();
  send(one.ring, 0, 1280);
  const { left, right } = hear(one, 10);
  assert.deepEqual(left.slice(RISE), Array.from({ length: 1280 - RISE }, (_, i) => value(RISE + i)));
  assert.deepEqual(right.slice(RISE), Array.from({ length: 1280 - RISE }, (_, i) => value(RISE + i) / 2));
  for (let i = 0; i < RISE; i += 1) assert.ok(close(left[i]!, (value(i) * (i + 1)) / RISE), String(i));
});

test("what was played becomes NaN behind the reader, but for one frame", () => {
  const one = playout();
  send(one.ring, 0, 512);
  hear(one, 2);
  assert.equal(one.ring.head[Slot.position], 256);
  const held = [...one.ring.left.entries()].filter(([, sample]) => !Number.isNaN(sample)).map(([at]) => at);
  assert.deepEqual(held, Array.from({ length: 257 }, (_, i) => 255 + i));
});

test("before any sound there is silence, and it counts as no gap", () => {
  const one = playout();
  one.ring.head[Slot.expecting] = 1;
  const { left } = hear(one, 4);
  assert.ok(left.every((sample) => sample === 0));
  assert.equal(one.ring.head[Slot.gaps], 0);
});

test("a gap is counted once, with the frames it had, while sound is expected", () => {
  const one = playout();
  one.ring.head[Slot.expecting] = 1;
  send(one.ring, 0, 256);
  send(one.ring, 456, 1000);
  hear(one, 10);
  assert.equal(one.ring.head[Slot.gaps], 1);
  assert.equal(one.ring.head[Slot.concealed], 200);
});

test("a gap of somebody who is muted counts as none", () => {
  const one = playout();
  send(one.ring, 0, 256);
  send(one.ring, 456, 1000);
  hear(one, 10);
  assert.equal(one.ring.head[Slot.gaps], 0);
  assert.equal(one.ring.head[Slot.concealed], 0);
});

test("into a gap the end of the sound fades, mirrored; then there is silence", () => {
  const one = playout();
  send(one.ring, 0, 1000);
  const { left } = hear(one, 16);
  for (let i = 0; i < TAIL; i += 1) {
    const expected = value(999 - i) * (1 - i / TAIL);
    assert.ok(close(left[1000 + i]!, expected), `${i}: ${left[1000 + i]} is not ${expected}`);
  }
  assert.ok(left.slice(1000 + TAIL + 1).every((sample) => sample === 0));
});

test("after a gap sound rises again", () => {
  const one = playout();
  send(one.ring, 0, 500);
  send(one.ring, 1000, 1000, () => 0.5);
  const { left } = hear(one, 12);
  for (let i = 0; i < RISE; i += 1) assert.ok(close(left[1000 + i]!, (0.5 * (i + 1)) / RISE));
  assert.ok(left.slice(1000 + RISE, 1500).every((sample) => sample === 0.5));
});

test("a lone sample after a gap can't click", () => {
  const one = playout();
  send(one.ring, 300, 1, () => 1);
  const { left } = hear(one, 4);
  assert.ok(close(left[300]!, 1 / RISE));
  assert.ok(Math.max(...left.map(Math.abs)) < 0.02);
});

test("asked to move, it moves at once and confirms it", () => {
  const one = playout();
  send(one.ring, 0, 20_000);
  hear(one, 1);
  Atomics.store(one.ring.head, Slot.resyncTo, 10_000);
  Atomics.store(one.ring.head, Slot.resyncEpoch, 1);
  const { left } = hear(one, 4);
  assert.equal(one.ring.head[Slot.resyncDone], 1);
  assert.equal(one.ring.head[Slot.position], 10_000 + 4 * QUANTUM);
  const behind = TAIL + 1; // the fade is over
  const expected = Array.from({ length: 4 * QUANTUM - behind }, (_, i) => value(10_000 + behind + i));
  assert.deepEqual(left.slice(behind), expected);
});

test("it moves once for each time it is asked", () => {
  const one = playout();
  Atomics.store(one.ring.head, Slot.resyncTo, 10_000);
  Atomics.store(one.ring.head, Slot.resyncEpoch, 1);
  hear(one, 1);
  Atomics.store(one.ring.head, Slot.resyncTo, 5000);
  hear(one, 1);
  assert.equal(one.ring.head[Slot.position], 10_000 + 2 * QUANTUM);
});

/** Goes once through the whole ring. */
const round = (one: Playout): number[] => hear(one, PLAYOUT_FRAMES / QUANTUM).left;

test("what a move leaves out is never heard, not a ring's length later either", () => {
  const one = playout();
  one.ring.head[Slot.expecting] = 1;
  send(one.ring, 0, 4000, () => 0.5);
  hear(one, 2);
  Atomics.store(one.ring.head, Slot.resyncTo, 8000);
  Atomics.store(one.ring.head, Slot.resyncEpoch, 1);
  hear(one, 2); // the fade of what was heard
  const gaps = one.ring.head[Slot.gaps];
  assert.ok(round(one).every((sample) => sample === 0));
  assert.equal(one.ring.head[Slot.gaps], gaps);
});

test("nor is it heard where a sender begins to count anew", () => {
  for (const to of [-1_000_000, 1_000_000]) {
    const one = playout();
    one.ring.head[Slot.expecting] = 1;
    send(one.ring, 0, 4000, () => 0.5);
    hear(one, 2);
    Atomics.store(one.ring.head, Slot.resyncTo, to);
    Atomics.store(one.ring.head, Slot.resyncEpoch, 1);
    hear(one, 2);
    assert.ok(round(one).every((sample) => sample === 0), String(to));
    assert.equal(one.ring.head[Slot.gaps], 1);
  }
});

test("too long a delay is played away slowly, at most half a percent faster", () => {
  const one = playout();
  send(one.ring, 0, 31_000);
  Atomics.store(one.ring.head, Slot.excess, 10_000);
  hear(one, 100);
  const from = one.ring.head[Slot.position]!;
  hear(one, 100);
  const read = one.ring.head[Slot.position]! - from;
  assert.ok(Math.abs(read - 100 * QUANTUM * 1.005) <= 1, String(read));
});

test("too short a delay grows at most by one percent", () => {
  const one = playout();
  send(one.ring, 0, 31_000);
  Atomics.store(one.ring.head, Slot.excess, -10_000);
  hear(one, 100);
  const from = one.ring.head[Slot.position]!;
  hear(one, 100);
  const read = one.ring.head[Slot.position]! - from;
  assert.ok(Math.abs(read - 100 * QUANTUM * 0.99) <= 1, String(read));
});

test("a small excess is taken away over half a second's worth of rate", () => {
  const one = playout();
  send(one.ring, 0, 31_000);
  Atomics.store(one.ring.head, Slot.excess, 48); // 1 ms: two thousandths
  hear(one, 100);
  const from = one.ring.head[Slot.position]!;
  hear(one, 100);
  const read = one.ring.head[Slot.position]! - from;
  assert.ok(Math.abs(read - 100 * QUANTUM * (1 + 48 / (RATE / 2))) <= 1, String(read));
});

test("it says by how many sixteenths of a frame resampling has moved it", () => {
  const one = playout();
  send(one.ring, 0, 31_000);
  Atomics.store(one.ring.head, Slot.excess, 10_000);
  hear(one, 150);
  const moved = one.ring.head[Slot.position]! - 150 * QUANTUM;
  assert.ok(moved > 80, String(moved));
  assert.ok(Math.abs(one.ring.head[Slot.correction]! / 16 - moved) < 1.1);
});

test("while it resamples, a pure tone stays a pure tone", () => {
  const one = playout();
  const sine = (at: number): number => 0.5 * Math.sin((2 * Math.PI * 440 * at) / RATE);
  send(one.ring, 0, 31_000, sine);
  Atomics.store(one.ring.head, Slot.excess, 10_000);
  hear(one, 100);
  // At a steady rate the output is a sine again: each sample follows from the two before it.
  const { left } = hear(one, 40);
  const turn = 2 * Math.cos((2 * Math.PI * 440 * 1.005) / RATE);
  for (let i = 2; i < left.length; i += 1) {
    assert.ok(Math.abs(left[i]! - (turn * left[i - 1]! - left[i - 2]!)) < 2e-4, String(i));
  }
});

test("with nothing more to move, the rate is exactly one again, and samples come as they are", () => {
  const one = playout();
  send(one.ring, 0, 31_000);
  Atomics.store(one.ring.head, Slot.excess, 10_000);
  hear(one, 10);
  Atomics.store(one.ring.head, Slot.excess, 0);
  hear(one, 150);
  const before = one.ring.head[Slot.correction];
  hear(one, 20);
  assert.equal(one.ring.head[Slot.correction], before);
});

test("the page hears how loud they are", () => {
  const one = playout();
  writeSound(one.ring, 0, new Float32Array(9000).fill(0.5), new Float32Array(9000).fill(-0.5));
  hear(one, 38);
  assert.deepEqual(one.posted.at(-1), { peak: 0.5, rms: 0.5 });
});

test("it lives until it is closed", () => {
  const one = playout();
  const out = (): Float32Array[][] => [[new Float32Array(QUANTUM), new Float32Array(QUANTUM)]];
  assert.equal(one.node.process([], out()), true);
  one.node.port.onmessage!({ data: "close" });
  assert.equal(one.node.process([], out()), false);
});

// ---- the meter of the fallback engine ----------------------------------------------------------------

test("the meter passes sound through and measures it; one channel goes to both sides", () => {
  const { node, posted } = processor("jam-meter", {});
  const input = [new Float32Array(2400).fill(0.25)];
  const output = [new Float32Array(2400), new Float32Array(2400)];
  assert.equal(node.process([input], [output]), false);
  assert.deepEqual(output, [input[0], input[0]]);
  assert.deepEqual(posted, [{ peak: 0.25, rms: 0.25 }]);
});
