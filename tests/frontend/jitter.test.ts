// How much delay a player's sound needs: enough for nearly every packet, and no more than that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SlackControl, type Buffering } from "../../frontend/jam/engine/jitter";

const MARGIN = 40;
const CAP = 48 * 120;

/** A control that measured `slack(i)` every `gap` ms, from the time 0 on. */
function measured(count: number, slack: (i: number) => number, gap = 5): { control: SlackControl; now: number } {
  const control = new SlackControl(CAP);
  for (let i = 0; i < count; i += 1) control.add(slack(i), 0, gap * i);
  return { control, now: gap * (count - 1) };
}

test("nine packets say nothing, the tenth does", () => {
  assert.equal(measured(9, () => -100).control.excess(0, 40), 0);
  assert.equal(measured(10, () => -100).control.excess(0, 45), -100 - MARGIN);
});

test("delay that no packet needs is taken away, but for a margin", () => {
  const { control, now } = measured(300, () => 500);
  assert.equal(control.excess(0, now), 500 - MARGIN);
  assert.equal(control.median, 500);
});

test("delay is taken away on a second's evidence, and added at once", () => {
  const early = measured(200, () => 500);
  assert.equal(early.control.excess(0, 999), 0);
  assert.equal(early.control.excess(0, 1000), 500 - MARGIN);
  const late = measured(20, () => -10);
  assert.equal(late.control.excess(0, late.now), -10 - MARGIN);
});

test("packets that come just in time keep the delay as it is", () => {
  const { control, now } = measured(300, () => MARGIN);
  assert.equal(control.excess(0, now), 0);
});

test("one late packet of 200 costs nobody delay, two do", () => {
  const one = measured(200, (i) => (i === 20 ? -900 : 500), 10);
  assert.equal(one.control.excess(0, one.now), 500 - MARGIN);
  const two = measured(200, (i) => (i === 20 || i === 21 ? -900 : 500), 10);
  assert.equal(two.control.excess(0, two.now), -900 - MARGIN);
});

test("what is older than four seconds counts no more", () => {
  const { control } = measured(1000, (i) => (i < 100 ? -900 : 500), 5);
  // Of some 900 packets eight late ones are too many, and the eighth from the end came at 460.
  assert.equal(control.excess(0, 4460), -900 - MARGIN);
  assert.equal(control.excess(0, 4461), 500 - MARGIN);
});

test("a path that has just become longer shows with the seventh packet of 800", () => {
  const six = measured(800, (i) => (i >= 794 ? 100 : 500));
  assert.equal(six.control.excess(0, six.now), 500 - MARGIN);
  const seven = measured(800, (i) => (i >= 793 ? 100 : 500));
  assert.equal(seven.control.excess(0, seven.now), 100 - MARGIN);
});

test("after a pause the few packets of the last 300 ms count for themselves", () => {
  const heard = (late: number): number => {
    const { control, now } = measured(600, () => 500);
    const again = now + 400;
    for (let i = 0; i < 10; i += 1) control.add(i < late ? 100 : 500, 0, again + 5 * i);
    return control.excess(0, again + 45);
  };
  assert.equal(heard(1), 500 - MARGIN);
  assert.equal(heard(2), 100 - MARGIN); // 2 of 10, where 2 of 610 would be nothing
});

test("beyond the cap no more delay is added, for it would help nobody", () => {
  const slack = (most: number) => (i: number): number => (i % 10 === 0 ? -100 : most);
  const below = measured(200, slack(CAP));
  assert.equal(below.control.excess(0, below.now), -100 - MARGIN);
  const beyond = measured(200, slack(CAP + 1));
  assert.equal(beyond.control.excess(0, beyond.now), 0);
});

test("what resampling has moved meanwhile is counted", () => {
  const control = new SlackControl(CAP);
  for (let i = 0; i < 300; i += 1) control.add(500, 10, 5 * i); // measured after 10 frames of it
  assert.equal(control.excess(10, 1495), 500 - MARGIN);
  assert.equal(control.excess(210, 1495), 300 - MARGIN); // 200 of the 500 have gone since
  assert.equal(control.median, 300);
});

test("after a jump nothing of before counts, and the second begins anew", () => {
  const { control } = measured(300, () => -900);
  control.clear();
  assert.equal(control.excess(0, 1500), 0);
  for (let i = 0; i < 180; i += 1) control.add(500, 0, 2000 + 5 * i);
  assert.equal(control.excess(0, 2900), 0);
  assert.equal(control.excess(0, 3000), 500 - MARGIN);
});

test("the newest 1024 packets are kept", () => {
  const { control, now } = measured(1100, (i) => (i < 76 ? -900 : 500), 1);
  assert.equal(control.excess(0, now), 500 - MARGIN); // exactly the 76 are overwritten
  const kept = measured(1100, (i) => (i < 90 ? -900 : 500), 1);
  assert.equal(kept.control.excess(0, kept.now), -900 - MARGIN);
});

// ---- stalls that come once in a while --------------------------------------------------------------

/** So many seconds of packets; in each second `stall(second)` says by how much one of them is late. */
function stalled(seconds: number, buffering: Buffering, stall: (second: number) => number): number {
  const control = new SlackControl(CAP);
  control.buffering = buffering;
  let excess = 0;
  for (let i = 0; i < seconds * 200; i += 1) {
    const now = 5 * i;
    const late = i % 200 === 100 ? stall(Math.floor(now / 1000)) : 0;
    control.add(1000 - late, 0, now);
    if (i % 20 === 19) excess = control.excess(0, now);
  }
  return excess;
}

test("tight goes by what most packets need, balanced and stable leave room for stalls as well", () => {
  const every = (): number => 120; // one packet of 200 comes 2.5 ms late, each second
  assert.equal(stalled(10, "tight", every), 1000 - MARGIN);
  assert.equal(stalled(10, "balanced", every), 880 - MARGIN);
  assert.equal(stalled(10, "stable", every), 880 - MARGIN);
});

test("balanced adds 3 ms at most, stable 30", () => {
  assert.equal(stalled(10, "balanced", () => 48 * 3), 1000 - 48 * 3 - MARGIN);
  assert.equal(stalled(10, "balanced", () => 48 * 3 + 1), 1000 - MARGIN);
  assert.equal(stalled(10, "stable", () => 48 * 19), 1000 - 48 * 19 - MARGIN);
});

test("a stall that is longer than the mode allows is a gap, and costs nobody delay", () => {
  const some = (second: number): number => (second % 3 === 0 ? 48 * 20 : second % 3 === 1 ? 100 : 0);
  assert.equal(stalled(20, "balanced", some), 900 - MARGIN);
  assert.equal(stalled(20, "stable", some), 1000 - 48 * 20 - MARGIN);
});

test("one stall a minute is a gap, two are room for the smaller", () => {
  assert.equal(stalled(40, "stable", (second) => (second === 20 ? 400 : 0)), 1000 - MARGIN);
  const two = (second: number): number => (second === 20 ? 400 : second === 25 ? 300 : 0);
  assert.equal(stalled(40, "stable", two), 700 - MARGIN);
});

test("after a minute without any the room is given back", () => {
  const early = (second: number): number => (second < 5 ? 400 : 0);
  assert.equal(stalled(60, "stable", early), 600 - MARGIN);
  assert.equal(stalled(66, "stable", early), 1000 - MARGIN);
});

test("what is needed in any case is not added twice", () => {
  const control = new SlackControl(CAP);
  control.buffering = "stable";
  for (let i = 0; i < 2000; i += 1) {
    control.add(i % 10 === 0 ? 600 : 1000, 0, 5 * i); // a tenth of them: a matter of the path
    if (i % 20 === 19) control.excess(0, 5 * i);
  }
  assert.equal(control.excess(0, 9995), 600 - MARGIN);
});
