// The session clock: how far the server's milliseconds are from this machine's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionClock, settle, type Probe } from "../../frontend/jam/clock";
import { Time } from "./time";

const near = (actual: number | null, expected: number, by: number): void => {
  assert.ok(actual !== null && Math.abs(actual - expected) < by, `${actual} is not ${expected}`);
};

// ---- the estimate ----------------------------------------------------------------------------------

const probe = (at: number, trip: number, offset: number): Probe => ({ at, trip, offset });

test("without probes there is no time", () => {
  assert.equal(settle([], 0), null);
});

test("one probe is believed, and of two the middle", () => {
  assert.equal(settle([probe(0, 20, 500)], 0), 500);
  assert.equal(settle([probe(0, 20, 500), probe(40, 20, 501)], 40), 500.5);
});

test("the promptest probes count, not the many that were late", () => {
  const probes = Array.from({ length: 40 }, (_, i) => (i % 5 ? probe(40 * i, 80, 460) : probe(40 * i, 2, 500)));
  assert.equal(settle(probes, 1600), 500);
});

test("a probe that took half as long again as the promptest is late, and counts no more", () => {
  const probes = Array.from({ length: 40 }, (_, i) => (i % 10 ? probe(40 * i, 12, 495) : probe(40 * i, 2, 500)));
  assert.equal(settle(probes, 1600), 500);
});

test("the three promptest count even where only one was prompt", () => {
  const probes = [probe(0, 1, 400), probe(40, 30, 500), probe(80, 31, 510), probe(120, 90, 900)];
  assert.equal(settle(probes, 120), 500);
});

test("of many prompt ones the eight promptest count while the window is short", () => {
  const probes = Array.from({ length: 16 }, (_, i) => probe(40 * i, 2 + i / 100, i < 8 ? 500 : 600));
  assert.equal(settle(probes, 640), 500);
});

test("clocks part, and from twenty seconds on the estimate follows", () => {
  const parting = (seconds: number): Probe[] =>
    Array.from({ length: seconds }, (_, i) => probe(1000 * i, 2 + ((i * 7) % 16) / 100, 500 + 0.1 * i));
  near(settle(parting(120), 121_000), 500 + 12.1, 1e-6);
  near(settle(parting(16), 16_000), 500 + 0.75, 0.5); // shorter: the middle, no slope yet
});

test("where a coarse timer makes all trips alike, the newest probes count", () => {
  const probes = Array.from({ length: 120 }, (_, i) => probe(1000 * i, 2, 500 + 0.1 * i));
  near(settle(probes, 119_000), 500 + 11.9, 0.8);
});

test("a slope that no clock has is cut", () => {
  const wild = Array.from({ length: 16 }, (_, i) => probe(2000 * i, 2, 500 + 5 * i)); // 2500 ppm
  near(settle(wild, 15_000), 537.5, 1e-6); // the middle of the probes, whatever the slope
  near(settle(wild, 115_000), 537.5 + 100_000 * 500e-6, 30);
  const back = wild.map((one) => ({ ...one, offset: 1000 - one.offset }));
  near(settle(back, 115_000), 462.5 - 100_000 * 500e-6, 30);
});

test("order does not matter, and the probes stay as they were", () => {
  const probes = Array.from({ length: 30 }, (_, i) => probe(1000 * i, 2 + ((i * 7) % 5), 500 + i));
  const before = structuredClone(probes);
  const forward = settle(probes, 30_000);
  assert.deepEqual(probes, before);
  near(settle([...probes].reverse(), 30_000), forward!, 1e-9);
});

// ---- asking ----------------------------------------------------------------------------------------

const time = new Time();

/** A server that is `ahead` of this machine and answers after `trip` ms, half of them each way. */
function asking(ahead: number, trip: () => number) {
  const asked: number[] = [];
  const told: number[] = [];
  const clock = new SessionClock(
    (t0) => {
      asked.push(t0);
      const half = trip() / 2;
      const there = t0 + half + ahead;
      setTimeout(() => clock.answer(t0, there, there + 3), 2 * half + 3); // 3 ms at the server
    },
    (offset) => told.push(offset),
  );
  return { clock, asked, told };
}

test("sixty probes at 25 a second, then one a second", async () => {
  time.now = 1000;
  const { clock, asked } = asking(500, () => 4);
  clock.start();
  await time.pass(59 * 40);
  assert.equal(asked.length, 60);
  assert.equal(asked[59]! - asked[58]!, 40);
  await time.pass(3000);
  assert.deepEqual(asked.slice(60).map((at) => at - asked[59]!), [1000, 2000, 3000]);
  clock.stop();
  await time.pass(5000);
  assert.equal(asked.length, 63);
});

test("the time is known from the eighth answer, then better with every fifth, then with each", async () => {
  time.now = 1000;
  const { clock, told } = asking(500, () => 4);
  clock.start();
  await time.pass(7 * 40);
  assert.equal(clock.now(), null);
  await time.pass(7);
  assert.deepEqual(told, [500]);
  assert.equal(clock.now(), time.now + 500);
  await time.pass(40);
  assert.equal(told.length, 1);
  await time.pass(40);
  assert.equal(told.length, 2); // the tenth
  await time.pass(50 * 40);
  assert.equal(told.length, 2 + 10); // the fifteenth to the sixtieth
  await time.pass(2000);
  assert.equal(told.length, 2 + 10 + 2);
  clock.stop();
});

test("the server's own time between its two stamps is no delay", () => {
  time.now = 1000;
  const { clock } = asking(0, () => 0);
  const { now } = time;
  // Late on their way back by 30 ms, so wrong by 15.
  for (let i = 0; i < 5; i += 1) clock.answer(now - 30, now - 30 + 500, now - 30 + 500);
  // Prompt both ways, and 50 ms at the server.
  for (let i = 0; i < 3; i += 1) clock.answer(now - 54, now - 52 + 500, now - 2 + 500);
  assert.equal(clock.offset, 500);
});

test("probes of more than two minutes ago are forgotten", async () => {
  time.now = 1000;
  const { clock } = asking(500, () => 1);
  clock.start();
  await time.pass(10_000);
  clock.stop();
  // The connection was away for so long, and the way is longer now than it was.
  time.now += 121_000;
  const { now } = time;
  for (let i = 0; i < 10; i += 1) clock.answer(now - 40, now - 20 + 900, now - 20 + 900);
  assert.equal(clock.offset, 900);
});

test("starting again asks anew from the first probe", async () => {
  time.now = 1000;
  const { clock, asked } = asking(500, () => 4);
  clock.start();
  await time.pass(10_000);
  asked.length = 0;
  clock.start();
  await time.pass(400);
  assert.equal(asked.length, 11);
  clock.stop();
  assert.equal(clock.offset, 500);
});
