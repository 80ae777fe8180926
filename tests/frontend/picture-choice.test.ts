// How much picture somebody is sent: sound comes first, and what was taken away comes back slowly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPUS, PCM } from "../../frontend/jam/engine/codec-choice";
import { NO_PICTURE, PICTURES, PictureChoice, type SoundFacts } from "../../frontend/jam/engine/picture-choice";

const WELL: SoundFacts = { form: OPUS[0]!, heldBack: 0, loss: 0, missingHere: 0, missingThere: 0, players: 1 };

/** A choice and a clock of its own: half a second of sound at a time, with two round trips in it. */
function line() {
  const choice = new PictureChoice();
  let now = 0;
  let facts = WELL;
  return {
    choice,
    /** `change`: what adds up in this half second; `trip`: ms there and back */
    half(change: Partial<SoundFacts> = {}, trip = 40): number {
      facts = { ...facts, ...change };
      for (let i = 0; i < 2; i += 1) choice.trip(trip, (now += 250));
      choice.sound(facts, now);
      return choice.step;
    },
    quiet(seconds: number): number {
      for (let i = 0; i < 2 * seconds; i += 1) this.half({ loss: 0 });
      return choice.step;
    },
    until(step: number): number {
      const from = now;
      while (choice.step !== step) {
        this.half({ loss: 0 });
        assert.ok(now - from < 1_000_000, `never at step ${step}`);
      }
      return (now - from) / 1000;
    },
  };
}

test("each step takes less of the line than the one before it", () => {
  for (const kind of ["camera", "screen"] as const) {
    const rates = PICTURES.map((forms) => forms[kind].rate);
    assert.deepEqual(rates, [...rates].sort((a, b) => b - a));
  }
  assert.deepEqual(PICTURES[0]!.camera, { frames: 15, rate: 150, smaller: 1 });
  assert.deepEqual(PICTURES[0]!.screen, { frames: 5, rate: 1000, smaller: 1 });
});

test("it begins in the middle, and takes more when sound has been well for a while", () => {
  const one = line();
  assert.equal(one.choice.step, 1);
  assert.equal(one.quiet(3.5), 1);
  assert.equal(one.quiet(2), 0);
  assert.equal(one.quiet(60), 0);
});

test("a packet of sound that found no room takes a step, several take the picture", () => {
  const one = line();
  one.quiet(10);
  assert.equal(one.half({ heldBack: 1 }), 1);
  const other = line();
  other.quiet(10);
  assert.equal(other.half({ heldBack: 4 }), NO_PICTURE);
  assert.equal(other.choice.paused, true);
  assert.equal(other.choice.form("camera"), null);
});

test("a queue on the line takes a step before sound itself steps back, a long one takes the picture", () => {
  const one = line();
  one.quiet(10);
  one.half({}, 68);
  assert.equal(one.half({}, 68), 1); // 28 ms: sound itself steps back at 35
  const other = line();
  other.quiet(10);
  other.half({}, 300);
  assert.equal(other.half({}, 300), NO_PICTURE);
});

test("one late answer is no queue, and one gap no crowded line: a machine may have stood still", () => {
  const one = line();
  one.quiet(10);
  one.choice.trip(400, 10_100);
  one.choice.trip(40, 10_150);
  assert.equal(one.half(), 0);
  assert.equal(one.half({ missingHere: 400 }), 0);
  assert.equal(one.half(), 0);
  assert.equal(one.half({ missingThere: 400 }), 0);
});

test("sound that is missing for a second and a half takes a step, here or there", () => {
  for (const where of ["missingHere", "missingThere"] as const) {
    const one = line();
    one.quiet(10);
    assert.deepEqual([100, 200, 300].map((ms) => one.half({ [where]: ms })), [0, 0, 1]);
  }
});

test("packets lost by the dozen take steps; a few are mended, and change nothing", () => {
  const one = line();
  one.quiet(10);
  for (let i = 0; i < 10; i += 1) assert.equal(one.half({ loss: 0.02 }), 0);
  const steps = Array.from({ length: 9 }, () => one.half({ loss: 0.3 }));
  assert.deepEqual(steps, [0, 0, 1, 1, 1, 2, 2, 2, NO_PICTURE]);
});

test("while sound takes less than it would, what is free is its own", () => {
  const expected = [0, 0, 2, NO_PICTURE, NO_PICTURE, NO_PICTURE];
  for (const [i, form] of OPUS.entries()) {
    const one = line();
    one.half({ form });
    assert.equal(one.quiet(120), expected[i], `Opus, step ${i}`);
  }
  const pcm = line();
  pcm.half({ form: PCM });
  assert.equal(pcm.quiet(60), 0);
  const unknown = line();
  unknown.half({ form: null });
  assert.equal(unknown.quiet(60), 0);
});

test("where more than three are sent one, each gets half at most", () => {
  const one = line();
  one.half({ players: 4 });
  assert.equal(one.quiet(120), 1);
});

test("it comes back step by step, and later each time that it didn't hold", () => {
  const one = line();
  one.quiet(10);
  let held = 0;
  const waits: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    one.half({ heldBack: (held += 4) });
    assert.equal(one.choice.step, NO_PICTURE);
    waits.push(one.until(NO_PICTURE - 1));
  }
  assert.deepEqual(waits, [20, 40, 80, 120, 120, 120]);
});

test("what has held for a while is forgiven", () => {
  const one = line();
  one.quiet(10);
  one.half({ heldBack: 4 });
  one.until(0);
  one.quiet(30);
  one.half({ heldBack: 8 });
  assert.equal(one.until(NO_PICTURE - 1), 10);
});

test("for a test of who sees whom, on a machine that keeps up with nothing, it stays", () => {
  const one = line();
  one.choice.steady = true;
  one.half({ heldBack: 40, form: OPUS[5]! }, 900);
  assert.equal(one.half({ heldBack: 80 }, 900), 1);
});

test("figures that begin anew with a connection are no sign of anything", () => {
  const one = line();
  one.half({ heldBack: 500, missingHere: 9000 });
  const step = one.quiet(10);
  assert.equal(one.half({ heldBack: 0, missingHere: 0 }), step);
});
