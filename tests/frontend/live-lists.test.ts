// Lists that keep up: what is new, what is over, and how long to wait for an answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newsOf, waitAfter } from "../../frontend/elements/news";

test("what the page hasn't got is new, what no list has any more is over", () => {
  assert.deepEqual(newsOf(["a", "b"], ["c", "b"], true), { fresh: ["c"], gone: ["a"] });
  assert.deepEqual(newsOf(["a", "b"], ["b", "a"], true), { fresh: [], gone: [] });
  assert.deepEqual(newsOf([], ["a"], true), { fresh: ["a"], gone: [] });
});

test("of a list that goes on elsewhere nothing is said to be over", () => {
  assert.deepEqual(newsOf(["a", "b"], ["c", "a"], false), { fresh: ["c"], gone: [] });
});

test("who isn't answered asks more and more seldom, and never less than every two minutes", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 50].map(waitAfter), [15_000, 30_000, 60_000, 120_000, 120_000, 120_000]);
});
