// Which note a frequency is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { noteOf } from "../../frontend/jam/pitch";

const said = (hertz: number, a4?: number): string => {
  const note = noteOf(hertz, a4)!;
  return `${note.name}${note.octave} ${note.cents}`;
};

test("the strings of a guitar and of a bass", () => {
  const strings = [41.2, 82.41, 110, 146.83, 196, 246.94, 329.63].map((hertz) => said(hertz));
  assert.deepEqual(strings, ["E1 0", "E2 0", "A2 0", "D3 0", "G3 0", "B3 0", "E4 0"]);
});

test("by how much it is off, in cents, to the nearest note", () => {
  assert.equal(said(440 * 2 ** (12 / 1200)), "A4 12");
  assert.equal(said(440 * 2 ** (-49 / 1200)), "A4 -49");
  assert.equal(said(440 * 2 ** (51 / 1200)), "B♭4 -49");
});

test("another A moves all of it", () => {
  assert.equal(said(442, 442), "A4 0");
  assert.equal(said(415, 415), "A4 0");
  assert.equal(said(523.25), "C5 0");
});

test("what is no tone is no note", () => {
  assert.deepEqual([0, -1, NaN, Infinity].map((hertz) => noteOf(hertz)), [null, null, null, null]);
});
