// Levels: what the worklets measure, and what the bars show of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Meter, percent } from "../../frontend/jam/engine/meter";

const RATE = 48_000;

test("a level comes with every twentieth of a second, 2400 frames", () => {
  const meter = new Meter(RATE);
  const levels = Array.from({ length: 38 }, () => meter.add([new Float32Array(128).fill(0.5)]));
  const told = [...levels.entries()].filter(([, level]) => level !== null).map(([at]) => at);
  assert.deepEqual(told, [18, 37]); // 19 quanta are the first that hold 2400
});

test("peak is the greatest sample of either sign, RMS the mean power", () => {
  const meter = new Meter(4 * 20); // four frames at a time
  assert.deepEqual(meter.add([Float32Array.of(0.5, -0.75, 0, 0.25)]), {
    peak: 0.75, rms: Math.sqrt((0.25 + 0.5625 + 0.0625) / 4),
  });
});

test("each level stands for its own stretch", () => {
  const meter = new Meter(2 * 20);
  assert.deepEqual(meter.add([Float32Array.of(1, -1)]), { peak: 1, rms: 1 });
  assert.deepEqual(meter.add([Float32Array.of(0, 0)]), { peak: 0, rms: 0 });
});

test("of two channels the louder peak counts, and the power of both by halves", () => {
  const meter = new Meter(2 * 20);
  const level = meter.add([Float32Array.of(1, 1), Float32Array.of(0, 0)]);
  assert.deepEqual(level, { peak: 1, rms: Math.SQRT1_2 });
});

test("no channel is no sound and takes no time", () => {
  const meter = new Meter(2 * 20);
  assert.equal(meter.add([]), null);
  assert.equal(meter.add([Float32Array.of(1)]), null);
  assert.equal(meter.add([]), null);
  assert.deepEqual(meter.add([Float32Array.of(1)]), { peak: 1, rms: 1 });
});

test("the bars show the upper 60 dB", () => {
  assert.equal(percent(1), 100);
  assert.equal(percent(0.1), 67); // -20 dB
  assert.equal(percent(0.01), 33); // -40 dB
  assert.equal(percent(0.002), 10); // -54 dB
  assert.equal(percent(0.001), 0);
  assert.equal(percent(0), 0);
  assert.equal(percent(4), 100);
});
