// The outline of a sound: what is a peaks file, and how it becomes bars.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchPeaks, isPeaks, parsePeaks, toBars, type Peaks } from "../../frontend/elements/peaks";

const peaks = (max: number[], min = max.map((one) => -one)): Peaks =>
  ({ version: 1, rate: 100, channels: 1, min, max });

test("a peaks file of version 1 is read, anything else is not", () => {
  const good = peaks([1, 2]);
  assert.deepEqual(parsePeaks(JSON.stringify(good)), good);
  const odd: unknown[] = [
    null, "peaks", 7, [], {}, { ...good, version: 2 }, { ...good, rate: 0 }, { ...good, rate: "100" },
    { ...good, min: undefined }, { ...good, max: "12" }, { ...good, min: [1] },
  ];
  for (const one of odd) {
    assert.equal(isPeaks(one), false, JSON.stringify(one));
    assert.throws(() => parsePeaks(JSON.stringify(one)), { message: "not a peaks file of version 1" });
  }
});

test("each bar is the lowest and highest point of its stretch, and no point is left out", () => {
  const bars = toBars(peaks([127, 10, 20, 30, 40, 50, 60], [-1, -2, -127, -4, -5, -6, -7]), 3);
  assert.deepEqual(bars, [
    { low: -2 / 127, high: 1 }, { low: -1, high: 30 / 127 }, { low: -7 / 127, high: 60 / 127 },
  ]);
});

test("the loudest reaches 1, whichever way it points", () => {
  assert.deepEqual(toBars(peaks([20, 40], [-10, -80]), 2), [{ low: -0.125, high: 0.25 }, { low: -1, high: 0.5 }]);
});

test("silence stays small", () => {
  assert.deepEqual(toBars(peaks([1, 0], [0, 0]), 2), [{ low: 0, high: 1 / 8 }, { low: 0, high: 0 }]);
});

test("more bars than points repeat points", () => {
  assert.deepEqual(toBars(peaks([50, 100]), 4).map(({ high }) => high), [0.5, 0.5, 1, 1]);
});

test("a sound that lies on one side of nought keeps its shape", () => {
  assert.deepEqual(toBars(peaks([100, 90], [50, 60]), 1), [{ low: 0.5, high: 1 }]);
  assert.deepEqual(toBars(peaks([-60, -50], [-90, -100]), 1), [{ low: -1, high: -0.5 }]);
});

test("without points or room there are no bars", () => {
  assert.deepEqual(toBars(peaks([]), 10), []);
  assert.deepEqual(toBars(peaks([1, 2]), 0), []);
  assert.deepEqual(toBars(peaks([1, 2]), -1), []);
});

test("a file that isn't there is said with its status", async () => {
  globalThis.fetch = async () => new Response("", { status: 404 });
  await assert.rejects(fetchPeaks("/peaks/", new AbortController().signal), { message: "peaks answered 404" });
  globalThis.fetch = async () => new Response(JSON.stringify(peaks([3])));
  assert.deepEqual(await fetchPeaks("/peaks/", new AbortController().signal), peaks([3]));
});
