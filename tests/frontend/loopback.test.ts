// The delay of somebody's devices: clicks out and in, what is made of them, and what is kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { processor } from "./worklet";
import "../../frontend/jam/engine/loopback-processor";
import { keep, kept, settled, verdict } from "../../frontend/jam/loopback";

const storage = new Map<string, string>();
(globalThis as Record<string, unknown>)["localStorage"] = {
  getItem: (name: string) => storage.get(name) ?? null,
  setItem: (name: string, value: string) => void storage.set(name, value),
};

/** Lets sound go round: the input is the output so many frames before. */
function goesRound(delay: number, gain: number, noise = 0): (number | null)[] {
  const { node, posted } = processor("jam-loopback", {});
  const line = new Float32Array(48_000 * 8);
  for (let at = 0; at + 128 < line.length; at += 128) {
    const input = new Float32Array(128);
    for (let i = 0; i < 128; i += 1) {
      const from = at + i - delay;
      input[i] = (from >= 0 ? line[from]! * gain : 0) + noise * Math.sin(at + i);
    }
    const output = [new Float32Array(128), new Float32Array(128)];
    if (!node.process([[input]], [output])) break;
    line.set(output[0]!, at);
    assert.deepEqual(output[1], output[0]);
  }
  return posted as (number | null)[];
}

test("each of eight clicks is found to the sample or two", () => {
  const heard = goesRound(1440, 0.5); // 30 ms
  assert.equal(heard.length, 8);
  assert.equal(heard.every((frames) => frames !== null && frames >= 1440 && frames <= 1442), true);
  assert.equal(Math.round(settled(heard, 48_000)!), 30);
});

test("a click that drowns in noise is none", () => {
  assert.deepEqual(goesRound(1440, 0.05, 0.2), new Array(8).fill(null));
  assert.deepEqual(goesRound(1440, 0), new Array(8).fill(null));
});

test("four that agree are enough; what came at any time isn't ours", () => {
  assert.equal(settled([480, 490, 500, null, null, 485, null, null], 48_000), 490 / 48);
  assert.equal(settled([480, 490, 500, null], 48_000), null);
  assert.equal(settled([100, 2000, 4000, 6000, 8000, 10_000, 12_000, 14_000], 48_000), null);
  assert.equal(settled([480, 481, 482, 483, 484, 485, 9000, 10], 48_000), 483 / 48);
});

test("what a delay means for playing", () => {
  assert.deepEqual([15, 15.1, 30, 30.1, 60, 60.1].map(verdict), ["great", "good", "good", "slow", "slow", "tooSlow"]);
});

test("each pair of devices keeps its own result, twenty of them", () => {
  const at = new Date("2026-11-30T20:00:00Z");
  keep("Interface → Headphones", 12.345, at);
  keep("Built-in → Bluetooth", 180, at);
  assert.deepEqual(kept("Interface → Headphones"), { ms: 12.3, at });
  assert.equal(kept("something else"), null);
  for (let n = 0; n < 19; n += 1) keep(`pair ${n}`, n, at);
  assert.equal(kept("Interface → Headphones"), null);
  assert.equal(kept("Built-in → Bluetooth")!.ms, 180);
  localStorage.setItem("jam-loopback", "{broken");
  assert.equal(kept("pair 1"), null);
  keep("pair 1", 7, at);
  assert.equal(kept("pair 1")!.ms, 7);
});
