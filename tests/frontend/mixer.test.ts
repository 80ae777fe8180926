// The mixer: how one hears whom, and the limiter behind them all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RATE, processor } from "./worklet";
import { CEILING, LimiterGain } from "../../frontend/jam/engine/limiter-processor";
import { Mixer } from "../../frontend/jam/engine/mixer";
import type { Mix } from "../../frontend/jam/engine/strip";

class Channel {
  mix: Mix | null = null;
  othersSolo = false;
  set(mix: Mix, othersSolo: boolean): void {
    this.mix = mix;
    this.othersSolo = othersSolo;
  }
  get heard(): boolean {
    return !this.mix!.muted && (!this.othersSolo || this.mix!.solo);
  }
}

function room() {
  const memory: { mixes: Record<string, Mix> } = { mixes: {} };
  const mixer = new Mixer(memory);
  const [ada, ben, cy] = [new Channel(), new Channel(), new Channel()];
  mixer.plug("ada", ada);
  mixer.plug("ben", ben);
  mixer.plug("cy", cy);
  return { memory, mixer, ada, ben, cy, heard: () => [ada, ben, cy].map((one) => one.heard) };
}

test("everybody is heard as they play until one changes it", () => {
  const { ada } = room();
  assert.deepEqual(ada.mix, { volume: 1, pan: 0, muted: false, solo: false });
});

test("what one changes is of one person, and stays with them when they come back", () => {
  const { mixer, memory, ada, ben } = room();
  mixer.change("ada", { volume: 0.5 });
  mixer.change("ada", { pan: -1 });
  assert.deepEqual(ada.mix, { volume: 0.5, pan: -1, muted: false, solo: false });
  assert.equal(ben.mix!.volume, 1);
  mixer.unplug("ada", ada);
  const again = new Channel();
  new Mixer(memory).plug("ada", again); // after a reload, too
  assert.deepEqual(again.mix, ada.mix);
});

test("a solo silences the others, two solos play together", () => {
  const { mixer, heard } = room();
  mixer.change("ada", { solo: true });
  assert.deepEqual(heard(), [true, false, false]);
  mixer.change("ben", { solo: true });
  assert.deepEqual(heard(), [true, true, false]);
  mixer.change("ada", { solo: false });
  mixer.change("ben", { solo: false });
  assert.deepEqual(heard(), [true, true, true]);
});

test("who is muted stays silent in their own solo", () => {
  const { mixer, heard } = room();
  mixer.change("ada", { solo: true, muted: true });
  assert.deepEqual(heard(), [false, false, false]);
});

test("a solo of somebody who left silences nobody, and holds again when they are back", () => {
  const { mixer, ada, heard } = room();
  mixer.change("ada", { solo: true });
  mixer.unplug("ada", ada);
  assert.deepEqual(heard().slice(1), [true, true]);
  mixer.plug("ada", ada);
  assert.deepEqual(heard(), [true, false, false]);
});

test("while somebody comes back, both of their strips sound alike", () => {
  const { mixer, ada, ben } = room();
  const again = new Channel();
  mixer.plug("ada", again);
  mixer.change("ada", { muted: true });
  assert.deepEqual([ada.heard, again.heard], [false, false]);
  mixer.unplug("ada", ada);
  mixer.change("ada", { solo: true, muted: false });
  assert.deepEqual([again.heard, ben.heard], [true, false]);
});

// ---- limiter ---------------------------------------------------------------------------------------

test("what is under the ceiling passes as it is", () => {
  const gain = new LimiterGain(RATE);
  for (const peak of [0, 0.1, -0, CEILING]) assert.equal(gain.next(peak), 1);
});

test("a peak is turned down at once, and what follows comes back slowly", () => {
  const gain = new LimiterGain(RATE);
  assert.equal(gain.next(2 * CEILING), 0.5);
  for (let i = 0; i < 0.15 * RATE; i += 1) gain.next(0);
  assert.ok(Math.abs(gain.next(0) - (1 - 0.5 / Math.E)) < 0.001);
});

test("nothing that leaves the worklet is louder than the ceiling, and both sides move together", () => {
  const { node } = processor("jam-limiter", {});
  let loudest = 0;
  for (let block = 0; block < 200; block += 1) {
    const wave = (scale: number): Float32Array =>
      Float32Array.from({ length: 128 }, (_, i) => scale * Math.sin((block * 128 + i) / 7));
    const out = [new Float32Array(128), new Float32Array(128)];
    node.process([[wave(3), wave(0.3)]], [out]);
    for (let i = 0; i < 128; i += 1) {
      loudest = Math.max(loudest, Math.abs(out[0]![i]!));
      assert.ok(Math.abs(out[0]![i]! - 10 * out[1]![i]!) < 1e-5);
    }
  }
  assert.ok(loudest <= CEILING + 1e-6 && loudest > 0.99 * CEILING);
});

test("one channel comes out of both sides, and no input is silence", () => {
  const { node } = processor("jam-limiter", {});
  const out = [new Float32Array(128), new Float32Array(128)];
  node.process([[new Float32Array(128).fill(0.25)]], [out]);
  assert.deepEqual([out[0]![5], out[1]![5]], [0.25, 0.25]);
  const silent = [new Float32Array(128), new Float32Array(128)];
  assert.equal(node.process([[]], [silent]), true);
  assert.equal(silent[0]![5], 0);
});
