// Everybody equally late.
import assert from "node:assert/strict";
import { test } from "node:test";
import { matched } from "../../frontend/jam/matching";

test("all are held back to the latest of them", () => {
  assert.deepEqual(matched([12, 30, 25]), { target: 30, extra: [18, 0, 5] });
});

test("somebody too far away isn't waited for", () => {
  assert.deepEqual(matched([20, 150]), { target: 60, extra: [40, 0] });
});

test("whose delay isn't known yet is left alone, and nobody at all is no delay", () => {
  assert.deepEqual(matched([null, 20]), { target: 20, extra: [0, 0] });
  assert.deepEqual(matched([null]), { target: 0, extra: [0] });
  assert.deepEqual(matched([]), { target: 0, extra: [] });
});
