// What is feedback, and what is music.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FeedbackGuard } from "../../frontend/jam/feedback";

function spectrum(bin: number, level: number, floor = -90): Float32Array {
  const bins = new Float32Array(1024).fill(floor);
  bins[bin] = level;
  return bins;
}

/** Whether it is taken for feedback at any of these levels, one every 0.1 s. */
function howls(levels: number[], bin: (i: number) => number = () => 100, floor = -90): boolean {
  const guard = new FeedbackGuard();
  return levels.map((level, i) => guard.look(spectrum(bin(i), level, floor))).includes(true);
}

const growing = (from: number, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.min(-6, from + step * i));

test("one frequency that keeps growing until it is loud is feedback", () => {
  assert.equal(howls(growing(-60, 2, 30)), true);
  assert.equal(howls(growing(-60, 2, 17)), false); // not loud yet
});

test("a note that is struck is there at once, and fades", () => {
  const struck = Array.from({ length: 30 }, (_, i) => -10 - i);
  assert.equal(howls([...new Array<number>(10).fill(-90), ...struck]), false);
});

test("a note that is held and then struck harder is no feedback", () => {
  assert.equal(howls([...new Array<number>(20).fill(-30), ...new Array<number>(20).fill(-8)]), false);
  assert.equal(howls([...new Array<number>(20).fill(-Infinity), ...new Array<number>(20).fill(-8)]), false);
});

test("a note that is held is no feedback, however loud", () => {
  assert.equal(howls(new Array<number>(50).fill(-8)), false);
});

test("a melody that grows louder changes its note", () => {
  assert.equal(howls(growing(-60, 2, 30), (i) => 100 + 7 * Math.floor(i / 4)), false);
});

test("a note that swells within a second is somebody's bow or breath", () => {
  const swell = [...growing(-50, 5, 9), ...growing(-10, -5, 9)];
  assert.equal(howls([...swell, ...swell, ...swell]), false);
});

test("a note that swells for long has partials", () => {
  const guard = new FeedbackGuard();
  const heard = growing(-60, 2, 40).map((level) => {
    const bins = spectrum(100, level);
    bins[200] = level - 18;
    return guard.look(bins);
  });
  assert.equal(heard.includes(true), false);
});

test("a swell of many frequencies is no feedback", () => {
  const levels = growing(-60, 2, 30);
  const guard = new FeedbackGuard();
  assert.equal(levels.map((level) => guard.look(spectrum(100, level, level - 12))).includes(true), false);
});
