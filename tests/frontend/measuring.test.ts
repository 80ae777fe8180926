// What a room tells of the way to others: a middle of many, once in a while, only where it was agreed to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AGAIN_MS, Measuring, SAMPLES } from "../../frontend/jam/measuring";

function measure(measuring: Measuring, trip: (n: number) => number | null, from = 0, user = "lumen"): unknown[] {
  return Array.from({ length: SAMPLES * 2 }, (_, n) => measuring.take(user, "p1", trip(n), from + n * 500)).filter(Boolean);
}

test("without a yes nothing is told", () => {
  assert.deepEqual(measure(new Measuring(), () => 30), []);
});

test("the middle of twenty is told once, whatever a hiccup said", () => {
  const measuring = new Measuring();
  measuring.on = true;
  const told = measure(measuring, (n) => (n % 7 === 0 ? 900 : 30));
  assert.deepEqual(told, [{ t: "measured", peer: "p1", round_trip_ms: 30 }]);
  assert.deepEqual(measure(measuring, () => 80, AGAIN_MS / 2), []);
  assert.deepEqual(measure(measuring, () => 80, AGAIN_MS * 2), [{ t: "measured", peer: "p1", round_trip_ms: 80 }]);
});

test("each person is measured apart, and from the beginning when they come again", () => {
  const measuring = new Measuring();
  measuring.on = true;
  for (let n = 0; n < SAMPLES - 1; n++) assert.equal(measuring.take("lumen", "p2", 10, n), null);
  measuring.forget("lumen");
  assert.equal(measuring.take("lumen", "p2", 10, 100), null);
  assert.equal(measure(measuring, () => 20, 0, "otis").length, 1);
});

test("what can't be is not taken in", () => {
  const measuring = new Measuring();
  measuring.on = true;
  assert.deepEqual(measure(measuring, (n) => [null, NaN, -1, Infinity][n % 4]!), []);
});
