// Opus around the codec itself: blocks become packets, packets are decoded in order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { config, decoders, encoders, named } from "./codecs";
import { OPUS, type Format } from "../../frontend/jam/engine/codec-choice";
import { OpusReceiver, OpusSender, opusWorks } from "../../frontend/jam/engine/opus";
import { Slot, playoutRing } from "../../frontend/jam/engine/rings";
import { Time } from "./time";

const time = new Time();
const FRAMES = 480;
const LOOKAHEAD = 120;
const MOST = 2 ** 31 - 1;

// ---- out -------------------------------------------------------------------------------------------

type Sent = { frame: number; current: number[]; previous: number[] | null; all: number[][] };

const TEN_MS = OPUS[1]!;
const FIVE_MS = OPUS[0]!;
const TWENTY_MS = OPUS[3]!;

function sender(channels = 1, format: Format = TEN_MS) {
  const sent: Sent[] = [];
  const made = new OpusSender(channels, format, (packets, frame) => {
    const all = packets.map((packet) => [...packet.subarray(1)]);
    sent.push({ frame, current: all[0]!, previous: all[1] ?? null, all });
  });
  const add = (frame: number, blocks: number): void => {
    for (let i = 0; i < blocks; i += 1) {
      const at = frame + 128 * i;
      const sample = (_: unknown, k: number): number => (at + Math.floor(k / channels)) / 65_536;
      made.add(at | 0, Float32Array.from({ length: 128 * channels }, sample));
    }
  };
  return { made, sent, add };
}

test("blocks of 128 frames become packets of 480, each with the frame of its first sample", () => {
  const { sent, add } = sender();
  add(0, 15); // 1920 frames: four packets
  const encoder = encoders.at(-1)!;
  encoder.put();
  assert.deepEqual(sent.map(({ frame }) => frame), [0, 480, 960, 1440]);
  assert.deepEqual(encoder.heard, [0, 480, 960, 1440].map((frame) => frame / 65_536));
});

test("two channels are as many frames", () => {
  const { sent, add } = sender(2);
  add(0, 15);
  encoders.at(-1)!.put();
  assert.deepEqual(sent.map(({ frame }) => frame), [0, 480, 960, 1440]);
});

test("each packet repeats the one before it", () => {
  const { sent, add } = sender();
  add(0, 15);
  const mine = encoders.length - 1;
  encoders.at(-1)!.put();
  assert.deepEqual(sent.map(({ current }) => current), [[0, mine], [1, mine], [2, mine], [3, mine]]);
  assert.deepEqual(sent.map(({ previous }) => previous), [null, [0, mine], [1, mine], [2, mine]]);
});

test("5 ms are repeated twice, 20 ms not at all", () => {
  const short = sender(1, FIVE_MS);
  short.add(0, 8); // 1024 frames: four packets of 240
  encoders.at(-1)!.put();
  assert.deepEqual(short.sent.map(({ frame }) => frame), [0, 240, 480, 720]);
  assert.deepEqual(short.sent.map(({ all }) => all.map(([name]) => name)), [[0], [1, 0], [2, 1, 0], [3, 2, 1]]);
  const long = sender(1, TWENTY_MS);
  long.add(0, 15);
  encoders.at(-1)!.put();
  assert.deepEqual(long.sent.map(({ frame, previous }) => [frame, previous]), [[0, null], [960, null]]);
});

test("after muting the packets begin anew, and what lay before the pause is not repeated", () => {
  const { sent, add } = sender();
  add(0, 5); // 640: one packet, and 160 frames that nobody hears
  add(10_000, 4);
  encoders.at(-1)!.put();
  assert.deepEqual(sent.map(({ frame, previous }) => [frame, previous]), [[0, null], [10_000, null]]);
  assert.equal(encoders.at(-1)!.heard[1], 10_000 / 65_536);
});

test("packets keep their frames however long the encoder takes", () => {
  const { sent, add } = sender();
  add(0, 8);
  encoders.at(-1)!.put(1);
  add(1024, 7);
  encoders.at(-1)!.put();
  assert.deepEqual(sent.map(({ frame }) => frame), [0, 480, 960, 1440]);
});

test("an encoder that broke is replaced, and its last packets are not mistaken for new ones", () => {
  const { sent, add } = sender();
  add(0, 4);
  encoders.at(-1)!.put();
  add(512, 4); // this one stays inside
  encoders.at(-1)!.state = "closed";
  const before = encoders.length;
  add(1024, 4);
  assert.equal(encoders.length, before + 1);
  encoders.at(-1)!.put();
  assert.deepEqual(sent.map(({ frame, previous }) => [frame, previous]), [[0, null], [960, null]]);
});

test("frame numbers may pass 2^31", () => {
  const { sent, add } = sender();
  add(MOST - 479, 8);
  encoders.at(-1)!.put();
  assert.deepEqual(sent.map(({ frame }) => frame), [MOST - 479, -MOST - 1]);
  assert.equal(sent[1]!.previous!.length, 2);
});

test("closing closes the encoder; closing twice is nothing", () => {
  const { made, add } = sender();
  made.close();
  add(0, 4);
  made.close();
  made.close();
  assert.equal(encoders.at(-1)!.state, "closed");
});

test("the encoder is asked for low delay, and music", () => {
  const { add } = sender(2);
  add(0, 4);
  assert.deepEqual(encoders.at(-1)!.configured, {
    codec: "opus", sampleRate: 48_000, numberOfChannels: 2, bitrate: 160_000,
    opus: {
      format: "opus", frameDuration: 10_000, complexity: 5, usedtx: false, useinbandfec: false,
      application: "lowdelay", signal: "music",
    },
  });
});

test("Opus works where the browser says so, and nowhere else", async () => {
  assert.equal(await opusWorks(), true);
  config.supported = false;
  assert.equal(await opusWorks(), false);
  config.supported = true;
  const scope = globalThis as Record<string, unknown>;
  const { AudioDecoder } = scope;
  delete scope["AudioDecoder"];
  assert.equal(await opusWorks(), false);
  scope["AudioDecoder"] = AudioDecoder;
});

// ---- in --------------------------------------------------------------------------------------------

/** A receiver whose playing position a test sets; packets are named by one byte. */
function receiver() {
  const ring = playoutRing();
  const made = new OpusReceiver(ring, () => ring.head[Slot.position]!);
  const add = (frame: number, name: number, frames = FRAMES): void => made.add(frame, named(frames, name));
  const play = (position: number): void => {
    ring.head[Slot.position] = position;
    made.pump();
  };
  return { made, ring, add, play, heard: () => decoders.at(-1)!.heard };
}

test("packets in order are decoded at once", () => {
  const { add, heard } = receiver();
  add(4800, 1);
  add(5280, 2);
  add(5760, 3);
  assert.deepEqual(heard(), [1, 2, 3]);
});

test("a packet waits for the one before it", () => {
  const { add, heard } = receiver();
  add(4800, 1);
  add(5760, 3);
  assert.deepEqual(heard(), [1]);
  add(5280, 2);
  assert.deepEqual(heard(), [1, 2, 3]);
});

test("it is given up when its time comes: 3 ms before it would be played", () => {
  const { add, play, heard } = receiver();
  add(4800, 1);
  add(5760, 3);
  const latest = 5280 - LOOKAHEAD - 3 * 48;
  play(latest - 1);
  assert.deepEqual(heard(), [1]);
  play(latest);
  assert.deepEqual(heard(), [1, 3]);
});

test("of several missing ones each has its own time", () => {
  const { add, play, heard } = receiver();
  add(4800, 1);
  add(6240, 4); // two are missing
  play(5280 - LOOKAHEAD);
  assert.deepEqual(heard(), [1]);
  play(5760 - LOOKAHEAD);
  assert.deepEqual(heard(), [1, 4]);
});

test("after a mute packets lie elsewhere, and nothing between is waited for", () => {
  const { add, play, heard } = receiver();
  add(4800, 1);
  add(9000, 2); // not a whole number of packets later
  play(5280 - LOOKAHEAD);
  assert.deepEqual(heard(), [1, 2]);
  add(9480, 3);
  assert.deepEqual(heard(), [1, 2, 3]);
});

test("packets of another length go on where the others end", () => {
  const { add, play, heard } = receiver();
  add(4800, 1);
  add(5280, 2, 240);
  add(5520, 3, 240);
  add(5760, 4, 960);
  assert.deepEqual(heard(), [1, 2, 3, 4]);
  add(6720 + 100, 5, 240); // it began in the middle of what never came
  play(6720 - LOOKAHEAD);
  assert.deepEqual(heard(), [1, 2, 3, 4, 5]);
});

test("a flood of packets that fit nowhere is forgotten, and what comes after it is heard", () => {
  const { add, play, heard } = receiver();
  add(4800, 1);
  for (let i = 0; i < 5000; i += 1) add(5281 + 7 * i, 2, 120);
  play(5281 + 7 * 5000);
  const before = heard().length;
  assert.ok(before <= 66, String(before));
  const next = 60_000;
  add(next, 3);
  add(next + 480, 4);
  play(next);
  assert.deepEqual(heard().slice(-2), [3, 4]);
});

test("what was decoded or waits already is no news", () => {
  const { made, add } = receiver();
  assert.equal(made.wants(4800), true);
  add(4800, 1);
  assert.equal(made.wants(4800), false);
  assert.equal(made.wants(4320), false);
  assert.equal(made.wants(5280), true);
  add(5760, 3);
  assert.equal(made.wants(5760), false);
});

test("a sender that counts anew is followed, forwards and back", () => {
  const { made, add, heard } = receiver();
  add(100_000, 1);
  assert.equal(made.wants(100_480 - 48_000), false);
  assert.equal(made.wants(100_480 - 48_001), true);
  add(0, 2);
  add(480, 3);
  add(500_000, 4);
  add(500_480, 5);
  assert.deepEqual(heard(), [1, 2, 3, 4, 5]);
});

test("decoded sound lies where it was played, 2.5 ms before its packet", () => {
  const { ring, add } = receiver();
  add(4800, 64);
  decoders.at(-1)!.put();
  const held = [...ring.left.entries()].filter(([, value]) => !Number.isNaN(value));
  assert.deepEqual(held, Array.from({ length: FRAMES }, (_, i) => [4800 - LOOKAHEAD + i, 0.25]));
  assert.equal(ring.right[4800], -0.25);
});

test("a decoder that takes long is given more time, at once; less time slowly", async () => {
  const { made, add } = receiver();
  const decode = async (frame: number, ms: number): Promise<void> => {
    add(frame, 1);
    await time.pass(ms);
    decoders.at(-1)!.put();
  };
  await decode(0, 12);
  assert.equal(made.decodeMs, 4); // a fifth of the way from 2 to 12
  await decode(480, 4000);
  assert.equal(made.decodeMs, 7.2); // one stall counts as 20 ms
  await decode(960, 0);
  assert.equal(made.decodeMs, 7.2 * 0.98);
});

test("a decoder that broke is replaced by the next packet", () => {
  const { ring, add, heard } = receiver();
  add(4800, 1); // this one is lost with it
  decoders.at(-1)!.state = "closed";
  add(5280, 2);
  assert.deepEqual(heard(), [2]);
  decoders.at(-1)!.put();
  const first = ring.left.findIndex((value) => !Number.isNaN(value));
  assert.equal(first, 5280 - LOOKAHEAD);
});

test("frame numbers may pass 2^31 on their way in, too", () => {
  const { ring, add, heard } = receiver();
  ring.head[Slot.position] = MOST - 2000;
  add(MOST - 479, 1);
  add(-MOST - 1, 2);
  add(-MOST - 1 + 480, 3);
  assert.deepEqual(heard(), [1, 2, 3]);
});

test("a packet that others overlap is no way to have us walk through all frames there are", () => {
  const { add, play, heard } = receiver();
  add(4800, 1, 120);
  add(4920 + 240, 2, 240); // what lies at 4920 never comes
  add(4920 + 360, 3, 120); // begins inside the one before it
  play(4920);
  play((4920 + 2 ** 31 - 1000) | 0); // and then the position goes half round all frames
  const start = performance.now();
  play((4920 + 2 ** 31 - 1000) | 0);
  assert.equal(performance.now() - start < 200, true);
  assert.deepEqual(heard(), [1, 2, 3]);
});
