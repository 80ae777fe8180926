// The recorder's parts that need no browser: what is lost is known, what is late moves nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { settle, type Probe } from "../../frontend/jam/clock";
import type { CaptureBatch } from "../../frontend/jam/engine/capture-processor";
import type { StemMeta } from "../../frontend/jam/recorder/stem-file";
import { StemWriter, s24 } from "../../frontend/jam/recorder/stem-writer";
import { WallClock } from "../../frontend/jam/recorder/wall-clock";
import { wavHead } from "../../frontend/jam/recorder/wav";
import { Memory } from "./memory";

const RATE = 48_000;
const BATCH = 13 * 128;
const OFFSET = -1_000_000; // session ms of the machine's clock 0

function writer(startsAt: number | null = null) {
  const meta: StemMeta = {
    stem: "s", recording: "r", session: "j", rate: RATE, channels: 1, state: "capturing", clock: [],
    generation: 0,
  };
  const file = new Memory();
  const made = new StemWriter(file, meta, startsAt, () => OFFSET, () => 0);
  const lost: number[] = [];
  made.onLost = (frames) => lost.push(frames);
  return { made, file, meta, lost };
}

/** Every sample says which frame it is. */
const value = (frame: number): number => ((frame % 4000) - 2000) / 4096;

/** `zero`: machine ms of the context's frame 0, by frame. */
function* batches(seconds: number, zero: (frame: number) => number, from = 0): Generator<CaptureBatch> {
  for (let frame = from; frame < seconds * RATE; frame += BATCH) {
    const samples = Float32Array.from({ length: BATCH }, (_, i) => value(frame + i));
    const zeros = Float64Array.from({ length: 13 }, (_, i) => zero(frame + 128 * i));
    yield { frame, samples, zeros };
  }
}

const played = (frames: number[]): Uint8Array => s24(Float32Array.from(frames, value));

test("frames that were counted and never came are silence, and are said", () => {
  const { made, file, lost } = writer();
  for (const batch of batches(4, () => 1_000_000)) {
    if (batch.frame !== BATCH * 50 && batch.frame !== BATCH * 51) made.add(batch);
  }
  made.finish();
  assert.deepEqual(lost, [2 * BATCH]);
  const hole = file.bytes.slice(3 * BATCH * 50, 3 * BATCH * 52);
  assert.ok(hole.every((byte) => byte === 0));
  const behind = played([BATCH * 52, BATCH * 52 + 1, BATCH * 52 + 2]);
  assert.deepEqual(file.bytes.slice(3 * BATCH * 52, 3 * BATCH * 52 + 9), behind);
});

test("late batches move nothing", () => {
  const { made, meta, lost } = writer();
  const late = (frame: number): number => 1_000_000 + (frame > 3 * RATE && frame < 3.8 * RATE ? 900 : 0);
  for (const batch of batches(12, late)) made.add(batch);
  made.finish();
  assert.deepEqual(lost, []);
  for (const [frame, at] of meta.clock) assert.ok(Math.abs(at - (frame * 1000) / RATE) < 0.01);
  assert.ok(meta.clock.length <= 4);
});

test("a context that stood still is noted on both sides, and its samples stay", () => {
  const { made, file, meta, lost } = writer();
  const step = 6 * RATE;
  for (const batch of batches(12, (frame) => 1_000_000 + (frame >= step ? 8 : 0))) made.add(batch);
  made.finish();
  assert.deepEqual(lost, []);
  const off = meta.clock.map(([frame, at]) => [frame, at - (frame * 1000) / RATE] as const);
  const before = off.filter(([, ms]) => Math.abs(ms) < 0.01).at(-1)![0];
  const behind = off.find(([, ms]) => Math.abs(ms - 8) < 0.01)![0];
  assert.equal(before, step);
  assert.equal(behind, step + 128);
  assert.deepEqual(file.bytes.slice(3 * step, 3 * step + 6), played([step, step + 1]));
});

test("a step that is hidden by late calls is found where the first prompt one comes", () => {
  const { made, meta } = writer();
  const step = 6 * RATE;
  const late = step - 2 * BATCH; // from here on no call is prompt, until the step is over
  const zero = (frame: number): number => 1_000_000 + (frame >= step ? 8 : frame >= late ? 60 : 0);
  for (const batch of batches(12, zero)) made.add(batch);
  made.finish();
  const off = meta.clock.map(([frame, at]) => [frame, Math.round(at - (frame * 1000) / RATE)]);
  assert.deepEqual(off.slice(1, -1).filter(([frame]) => Math.abs(frame! - step) < RATE / 2), [[late, 0], [late + 128, 8]]);
});

test("a step in the second before a take begins is in its first point too", () => {
  const { made, meta } = writer(2_000);
  const step = 1.5 * RATE;
  for (const batch of batches(4, (frame) => 1_000_000 + (frame >= step ? 13 : 0))) made.add(batch);
  made.finish();
  for (const [frame, at] of meta.clock) {
    assert.ok(Math.abs(at - meta.clock[0]![1] - (frame * 1000) / RATE) < 0.01, `${frame}`);
  }
  // The first frame was chosen a step too early; its time is told as it was.
  assert.ok(Math.abs(meta.clock[0]![1] - 2_013) < 0.02, String(meta.clock[0]![1]));
});

test("another input's first point is its own, not one five seconds later", () => {
  const { made, meta } = writer();
  for (const batch of batches(6, () => 1_000_000)) made.add(batch);
  made.newSource();
  const at = (frame: number): number => 1_006_500 + (frame < 0.5 * RATE ? 0 : 8);
  for (const batch of batches(4, at)) made.add(batch);
  made.finish();
  const own = meta.clock.filter(([frame]) => frame > 6.1 * RATE);
  // Half a second of silence, then frames of the second input; its step half a second on.
  assert.ok(own[0]![0] < 6.6 * RATE && own[0]![0] > 6.4 * RATE, String(own[0]![0]));
});

test("a take begins where it was agreed, and what came after its end goes", () => {
  const { made, file, meta } = writer(2_000);
  for (const batch of batches(12, () => 1_000_000)) made.add(batch);
  assert.deepEqual(file.bytes.slice(0, 3), played([2 * RATE]));
  made.stopAt(9_000);
  assert.equal(made.ended, true);
  assert.equal(made.frames, 7 * RATE);
  assert.equal(file.size(), 3 * 7 * RATE);
  assert.equal(meta.clock.at(-1)![0], 7 * RATE);
  assert.ok(Math.abs(meta.clock.at(-1)![1] - 9_000) < 0.01);
});

test("a busy page answers most probes late, and its clock is right", () => {
  const probes: Probe[] = [];
  for (let i = 0; i < 120; i += 1) {
    const at = 1000 * i;
    const late = i % 4 ? 5 + ((i * 37) % 90) : 0.2; // ms, all on the way back
    probes.push({ at, trip: 0.6 + late, offset: 500 + 50e-6 * at - late / 2 });
  }
  const found = settle(probes, 119_000)!;
  assert.ok(Math.abs(found - (500 + 50e-6 * 119_000)) < 0.2, String(found));
});

test("the wall clock's rounding cancels out, also where it is coarse or set", () => {
  for (const resolution of [1, 16.67]) {
    let now = 5_000_000;
    let set = 0;
    const wall = (): number => Math.floor((now + 123_456.4 + set) / resolution) * resolution;
    const clock = new WallClock(() => now, wall);
    const look = (seconds: number): number => {
      let ahead = 0;
      for (const end = now + 1000 * seconds; now < end; now += 3.37) ahead = clock.ahead();
      return ahead;
    };
    // Readings in a worklet are low by up to one step too: least reading + ahead = the truth.
    assert.ok(Math.abs(look(5) - (-123_456.4 + resolution)) < 0.1 * resolution);
    set = 3_600_000;
    assert.ok(Math.abs(look(12) - (-123_456.4 - set + resolution)) < 0.1 * resolution);
  }
});

test("a thread that stands still between two clocks takes that for no set clock", () => {
  let now = 5_000_000;
  let stands = 0;
  const wall = (): number => {
    now += stands;
    return Math.floor(now);
  };
  const clock = new WallClock(() => now, wall);
  for (let i = 0; i < 200; i += 1, now += 3.37) clock.ahead();
  stands = 40;
  const found = Array.from({ length: 10 }, () => clock.ahead());
  stands = 0;
  found.push(clock.ahead());
  for (const ahead of found) assert.ok(Math.abs(ahead - 1) < 0.1, String(ahead));
});

test("a wall clock that is set back and forth again misleads for no longer than that", () => {
  let now = 5_000_000;
  let set = 0;
  const clock = new WallClock(() => now, () => Math.floor(now + set));
  const look = (seconds: number): number => {
    let ahead = 0;
    for (const end = now + 1000 * seconds; now < end; now += 3.37) ahead = clock.ahead();
    return ahead;
  };
  assert.ok(Math.abs(look(3) - 1) < 0.1);
  set = -3_600_000;
  assert.ok(Math.abs(look(1) - 3_600_001) < 0.1);
  set = 0;
  assert.ok(Math.abs(look(1) - 1) < 0.1);
});

test("the worklet numbers frames, and leaves out batches beyond a minute", async () => {
  const scope = globalThis as Record<string, unknown>;
  let Processor: new (options: unknown) => { port: Port; process(inputs: Float32Array[][]): boolean };
  interface Port {
    onmessage: (event: { data: unknown }) => void;
    postMessage(message: unknown): void;
  }
  scope["AudioWorkletProcessor"] = class {
    port = { postMessage: () => undefined };
  };
  scope["registerProcessor"] = (_: string, given: typeof Processor) => (Processor = given);
  scope["sampleRate"] = RATE;
  scope["currentFrame"] = 0;
  await import("../../frontend/jam/engine/capture-processor");
  const node = new Processor!({ processorOptions: { channels: 1, ring: null } });
  const sent: CaptureBatch[] = [];
  const port = { postMessage: (batch: CaptureBatch) => sent.push(batch), onmessage: null as unknown };
  node.port.onmessage({ data: { t: "record", port } });
  node.port.onmessage({ data: { t: "recording", on: true } });
  const run = (seconds: number): void => {
    for (let i = 0; i < (seconds * RATE) / 128; i += 1) {
      node.process([[new Float32Array(128).fill(0.5)]]);
      scope["currentFrame"] = (scope["currentFrame"] as number) + 128;
    }
  };
  run(70);
  const held = sent.length;
  assert.ok(held * BATCH >= 60 * RATE && held * BATCH < 61 * RATE, String(held));
  const back = port.onmessage as (event: { data: ArrayBuffer }) => void;
  for (const batch of sent.splice(0)) back({ data: batch.samples.buffer as ArrayBuffer });
  run(1);
  const gap = sent[0]!.frame - held * BATCH;
  assert.ok(gap > 9 * RATE && gap % 128 === 0, String(gap));
  assert.equal(sent[1]!.frame, sent[0]!.frame + BATCH);
  assert.ok(Math.abs(sent[0]!.zeros[0]! + (sent[0]!.frame * 1000) / RATE - Date.now()) < 60_000);
});

test("a stem saved as a file is a WAV file", () => {
  const head = new DataView(wavHead(44_100, 2, 12).buffer);
  assert.equal(head.getUint32(4, true), 48);
  assert.equal(head.getUint32(24, true), 44_100);
  assert.equal(head.getUint16(32, true), 6);
});
