// PCM or Opus: slow to trust a path, quick to step back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CodecChoice, OPUS, PCM, PCM_TWICE } from "../../frontend/jam/engine/codec-choice";

const SETTLED = 1500;

/** A choice that has come to PCM on a good path, at the time 2000. */
function trusting(): CodecChoice {
  const choice = new CodecChoice(null, true);
  choice.path(10, 0, 0);
  choice.path(10, 0, 2000);
  assert.equal(choice.codec, "pcm");
  return choice;
}

/** Looks at a good path twice a second; the first time at which it is PCM again. */
function trustedAgain(choice: CodecChoice, from: number): number {
  for (let now = from; now < from + 600_000; now += 500) {
    choice.path(10, 0, now);
    if (choice.codec === "pcm") return now;
  }
  return Infinity;
}

test("everybody begins with Opus, and a short clean path becomes PCM after a moment", () => {
  const choice = new CodecChoice(null, true);
  choice.path(10, 0, 100);
  assert.equal(choice.codec, "opus");
  choice.path(10, 0, 100 + SETTLED - 1);
  assert.equal(choice.codec, "opus");
  choice.path(10, 0, 100 + SETTLED);
  assert.equal(choice.codec, "pcm");
});

test("the moment begins when the path is first known", () => {
  const choice = new CodecChoice(null, true);
  choice.path(null, 0, 0);
  choice.path(10, 0, 5000);
  assert.equal(choice.codec, "opus");
  choice.path(10, 0, 6500);
  assert.equal(choice.codec, "pcm");
});

test("only less than 25 ms is short, and PCM goes on up to 35", () => {
  const choice = new CodecChoice(null, true);
  for (let now = 0; now < 10_000; now += 500) choice.path(25, 0, now);
  assert.equal(choice.codec, "opus");
  choice.path(24.9, 0, 10_000);
  assert.equal(choice.codec, "pcm");
  choice.path(35, 0, 10_500);
  assert.equal(choice.codec, "pcm");
  choice.path(35.1, 0, 11_000);
  assert.equal(choice.codec, "opus");
});

test("one bad report is not a lossy path, several are", () => {
  const choice = trusting();
  choice.path(10, 0.14, 2500); // a fifth of it counts: 2.8 %
  assert.equal(choice.codec, "pcm");
  choice.path(10, 0.14, 3000);
  assert.equal(choice.codec, "opus");
});

test("a lossy path is not trusted until its loss has faded", () => {
  const choice = new CodecChoice(null, true);
  choice.path(10, 0.1, 0); // smoothed: 0.02
  choice.path(10, 0, 2000); // 0.016
  assert.equal(choice.codec, "opus");
  choice.path(10, 0, 2500); // 0.0128
  assert.equal(choice.codec, "pcm");
});

test("a path that fooled us is trusted later each time", () => {
  const choice = trusting();
  let now = 2000;
  const waits: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    choice.path(50, 0, now);
    assert.equal(choice.codec, "opus");
    const again = trustedAgain(choice, now);
    waits.push(again - now);
    now = again;
  }
  assert.deepEqual(waits, [5000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
});

test("a channel that stays crowded ends PCM, at the 26th packet", () => {
  const choice = trusting();
  for (let i = 0; i < 25; i += 1) choice.crowded(3000);
  assert.equal(choice.codec, "pcm");
  choice.crowded(3000);
  assert.equal(choice.codec, "opus");
  assert.equal(trustedAgain(choice, 3000), 8000);
});

test("packets that were held back are forgotten, four with each look", () => {
  const choice = trusting();
  for (let i = 0; i < 25; i += 1) choice.crowded(3000);
  choice.path(10, 0, 3500); // 21 are left
  for (let i = 0; i < 4; i += 1) choice.crowded(3600);
  assert.equal(choice.codec, "pcm");
  choice.crowded(3600);
  assert.equal(choice.codec, "opus");
});

test("crowding below nothing is nothing", () => {
  const choice = trusting();
  for (let now = 2500; now < 60_000; now += 500) choice.path(10, 0, now);
  for (let i = 0; i < 26; i += 1) choice.crowded(60_000);
  assert.equal(choice.codec, "opus");
});

test("what was forced stays, whatever the path is like", () => {
  const pcm = new CodecChoice("pcm", true);
  pcm.path(500, 0.5, 0);
  for (let i = 0; i < 100; i += 1) pcm.crowded(0);
  assert.equal(pcm.codec, "pcm");
  const opus = new CodecChoice("opus", true);
  for (let now = 0; now < 10_000; now += 500) opus.path(1, 0, now);
  assert.equal(opus.codec, "opus");
});

test("without Opus there is PCM alone, also where Opus was forced", () => {
  const choice = new CodecChoice("opus", false);
  assert.equal(choice.codec, "pcm");
  const free = new CodecChoice(null, false);
  free.path(500, 0.5, 0);
  for (let i = 0; i < 100; i += 1) free.crowded(0);
  assert.equal(free.codec, "pcm");
});

// ---- the form --------------------------------------------------------------------------------------

test("a good path gets PCM; Opus has the shortest packets, and where many play, longer ones", () => {
  assert.equal(trusting().format(4), PCM);
  const far = new CodecChoice("opus", true);
  assert.equal(far.format(3), OPUS[0]);
  assert.equal(far.format(4), OPUS[1]);
});

test("as soon as a packet is lost, each is sent twice, for half a minute", () => {
  const choice = trusting();
  choice.path(10, 0.005, 2500);
  assert.equal(choice.format(1), PCM_TWICE);
  choice.path(10, 0, 32_000);
  assert.equal(choice.format(1), PCM_TWICE);
  choice.path(10, 0, 32_500);
  assert.equal(choice.format(1), PCM);
});

/** Opus on a path of 60 ms, at the time 1000. */
function far(): CodecChoice {
  const choice = new CodecChoice(null, true);
  choice.path(60, 0, 0);
  for (let now = 0; now <= 1000; now += 250) choice.trip(60, now);
  return choice;
}

const stepOf = (choice: CodecChoice): number => OPUS.indexOf(choice.format(1));

test("two long round trips in a row are a queue: less is sent, step by step", () => {
  const choice = far();
  choice.trip(110, 1250); // the one before it was short: it may have been this page's own doing
  assert.equal(stepOf(choice), 0);
  choice.trip(110, 1500);
  assert.equal(stepOf(choice), 1);
  choice.trip(110, 1750); // what waits needs time to pass
  assert.equal(stepOf(choice), 1);
  choice.trip(110, 2000);
  assert.equal(stepOf(choice), 2);
  for (let now = 2250; now < 8000; now += 250) choice.trip(600, now);
  assert.equal(stepOf(choice), OPUS.length - 1);
});

test("a long queue is two steps at once", () => {
  const choice = far();
  choice.trip(400, 1250);
  choice.trip(400, 1500);
  assert.equal(stepOf(choice), 2);
});

test("packets that are held back are the same", () => {
  const choice = far();
  for (let i = 0; i < 3; i += 1) choice.crowded(1100);
  assert.equal(stepOf(choice), 0);
  choice.crowded(1100);
  assert.equal(stepOf(choice), 1);
});

test("a path that is longer for good is no queue", () => {
  const choice = far();
  let now = 1250;
  for (; now < 10_000; now += 250) choice.trip(90, now); // by 30 ms: within what a path may vary
  assert.equal(stepOf(choice), 0);
});

test("more is tried again after twenty seconds, and later each time that it didn't hold", () => {
  const choice = far();
  const waits: number[] = [];
  let now = 2000;
  for (let i = 0; i < 4; i += 1) {
    for (let n = 0; n < 4; n += 1) choice.crowded(now);
    assert.equal(stepOf(choice), 1);
    const begun = now;
    while (stepOf(choice) === 1) choice.path(60, 0, (now += 500));
    waits.push(now - begun);
    now += 1000;
  }
  assert.deepEqual(waits, [20_000, 40_000, 80_000, 160_000]);
});

test("a path that needs little is not taken for one that is short and wide", () => {
  const choice = new CodecChoice(null, true);
  choice.path(10, 0, 0);
  for (let n = 0; n < 4; n += 1) choice.crowded(100);
  choice.path(10, 0, 5000);
  assert.equal(choice.codec, "opus");
  choice.path(10, 0, 20_500);
  assert.equal(choice.codec, "pcm");
});

test("what may wait is 25 ms of Opus, and five packets of PCM", () => {
  const choice = far();
  assert.equal(choice.mayWait(OPUS[0]!, 200), 5 * 200);
  assert.equal(choice.mayWait(OPUS[1]!, 200), 3 * 200);
  assert.equal(choice.mayWait(OPUS[3]!, 200), 2 * 200);
  assert.equal(choice.mayWait(PCM, 520), 2700);
  assert.equal(choice.mayWait(PCM_TWICE, 1032), 5400);
});
