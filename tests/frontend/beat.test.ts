// The beats of a room: where they lie, how a tempo becomes another, how one is tapped.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Beats, Tapping, beatsOf, type Grid } from "../../frontend/jam/beat/grid";

const GRID: Grid = { on: true, bpm: 120, beats: 4, accents: [1], count_in: 0, interval: 0, from: 10_000 };
const times = (beats: { at: number }[]): number[] => beats.map(({ at }) => at);

test("beats lie on the session's clock, from the first one on", () => {
  assert.deepEqual(times(beatsOf(GRID, 0, 11_000)), [10_000, 10_500]);
  assert.deepEqual(times(beatsOf(GRID, 10_001, 11_001)), [10_500, 11_000]);
  assert.deepEqual(beatsOf({ ...GRID, on: false }, 0, 20_000), []);
});

test("a stretch that begins with a beat has it, one that ends with it leaves it to the next", () => {
  const grid = { ...GRID, bpm: 170 }; // 352.94… ms
  const whole = times(beatsOf(grid, 10_000, 40_000));
  const pieces: number[] = [];
  for (let from = 10_000; from < 40_000; ) {
    const to = whole[pieces.length + 1] ?? 40_000;
    pieces.push(...times(beatsOf(grid, from, to)));
    from = to;
  }
  assert.deepEqual(pieces, whole);
});

test("the first of a bar is stressed, or whichever were chosen", () => {
  const bar = (grid: Grid): boolean[] => beatsOf(grid, 10_000, 12_000).map(({ accent }) => accent);
  assert.deepEqual(bar(GRID), [true, false, false, false]);
  assert.deepEqual(bar({ ...GRID, accents: [2, 4] }), [false, true, false, true]);
});

test("bars that count in come before the first", () => {
  const bars = beatsOf({ ...GRID, beats: 2, count_in: 1 }, 10_000, 12_500);
  assert.deepEqual(bars.map(({ bar, beat }) => [bar, beat]), [[-1, 0], [-1, 1], [0, 0], [0, 1], [1, 0]]);
});

test("after an hour a beat is still where it belongs", () => {
  const [beat] = beatsOf({ ...GRID, bpm: 97 }, 3_610_000 - 1e-6, 3_611_000);
  assert.ok(Math.abs(beat!.at - (10_000 + 5820 * (60_000 / 97))) < 1e-6);
  assert.equal(beat!.bar, 1455);
});

test("a change of tempo begins with its bar; the bar before it is played to its end", () => {
  const beats = new Beats();
  beats.take(GRID, 9000);
  beats.take({ ...GRID, bpm: 60, from: 12_000 }, 10_200);
  assert.equal(beats.told!.bpm, 60);
  assert.deepEqual(times(beats.between(10_400, 14_500)), [10_500, 11_000, 11_500, 12_000, 13_000, 14_000]);
  assert.deepEqual(times(beats.between(12_500, 13_500)), [13_000]);
});

test("a second change before the first has begun takes its place", () => {
  const beats = new Beats();
  beats.take(GRID, 9000);
  beats.take({ ...GRID, bpm: 60, from: 12_000 }, 10_200);
  beats.take({ ...GRID, bpm: 240, from: 12_000 }, 10_300);
  assert.deepEqual(times(beats.between(11_400, 12_600)), [11_500, 12_000, 12_250, 12_500]);
});

test("off is off at once, and starting again waits for its first beat", () => {
  const beats = new Beats();
  beats.take(GRID, 9000);
  beats.take({ ...GRID, on: false }, 10_100);
  assert.deepEqual(beats.between(10_200, 20_000), []);
  beats.take({ ...GRID, from: 15_000 }, 14_000);
  assert.deepEqual(times(beats.between(14_000, 15_600)), [15_000, 15_500]);
});

test("a tempo is tapped by three beats and more, whole, within what is offered", () => {
  const tapped = (...gaps: number[]): number | null => {
    const tapping = new Tapping();
    let at = 0;
    tapping.tap(at);
    let tempo: number | null = null;
    for (const gap of gaps) tempo = tapping.tap((at += gap));
    return tempo;
  };
  assert.equal(tapped(500), null);
  assert.equal(tapped(500, 504), 120);
  assert.equal(tapped(500, 500, 900, 500), 120); // one slip changes nothing
  assert.equal(tapped(50, 50, 50), 300);
  assert.equal(tapped(2400, 2400), 30);
  assert.equal(tapped(500, 500, 3000, 400, 400), 150); // after a pause: a new try
});
