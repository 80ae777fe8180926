// One other player in the network worker: packets out, packets in, and what is counted of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decoders, named } from "./codecs";
import { CROWDED, OPUS, PCM as PCM_FORMAT, PCM_TWICE } from "../../frontend/jam/engine/codec-choice";
import { NetPeer } from "../../frontend/jam/engine/net-peer";
import { opusPacket, pcmPacket, readHeader } from "../../frontend/jam/engine/packet";
import { Slot, playoutRing } from "../../frontend/jam/engine/rings";
import { Time } from "./time";

const time = new Time();
const PCM = 256;

class Wire {
  open = true;
  crowd = 0;
  readonly sent: ArrayBuffer[] = [];
  send(bytes: ArrayBuffer): void {
    this.sent.push(bytes);
  }
}

function peer(forced: "pcm" | "opus" | null = null) {
  const ring = playoutRing();
  const wire = new Wire();
  const made = new NetPeer("ben", ring.buffer, wire, forced, true, new Wire());
  /** The worklet has moved where it was asked to. */
  const confirm = (): void => {
    const epoch = ring.head[Slot.resyncEpoch]!;
    if (epoch !== ring.head[Slot.resyncDone]) ring.head[Slot.position] = ring.head[Slot.resyncTo]!;
    ring.head[Slot.resyncDone] = epoch;
  };
  const pcm = (frame: number, number: number, value = 0.5): void => {
    made.receive(pcmPacket(new Float32Array(PCM).fill(value), 1, number, frame));
  };
  return { made, ring, wire, confirm, pcm };
}

/** A peer whose sound has begun: `slack` frames early, `count` packets, one every 5.33 ms. */
function sounding(count: number, slack: (i: number) => number) {
  const one = peer();
  one.pcm(100_000, 0);
  one.confirm();
  for (let i = 1; i <= count; i += 1) {
    time.now += (1000 * PCM) / 48_000;
    const frame = 100_000 + PCM * i;
    one.ring.head[Slot.position] = frame - slack(i);
    one.pcm(frame, i);
  }
  return one;
}

// ---- out -------------------------------------------------------------------------------------------

test("packets go out with a number each", () => {
  const { made, wire } = peer();
  made.become(PCM_FORMAT);
  for (let i = 0; i < 3; i += 1) made.send(pcmPacket(new Float32Array(PCM), 1, 0, PCM * i), 0);
  assert.deepEqual(wire.sent.map((packet) => readHeader(packet)!.number), [0, 1, 2]);
});

test("a crowded channel holds packets back, and their numbers show it", () => {
  const { made, wire } = peer();
  made.become(PCM_FORMAT);
  const send = (): void => made.send(pcmPacket(new Float32Array(PCM), 1, 0, 0), 0);
  send();
  wire.crowd = CROWDED + 1;
  send();
  send();
  wire.crowd = CROWDED;
  send();
  assert.deepEqual(wire.sent.map((packet) => readHeader(packet)!.number), [0, 3]);
  assert.equal(made.counts().heldBack, 2);
});

test("a channel that is not open gets nothing, and that is no loss", () => {
  const { made, wire } = peer();
  made.become(PCM_FORMAT);
  wire.open = false;
  assert.equal(made.takes(1), null);
  made.send(pcmPacket(new Float32Array(PCM), 1, 0, 0), 0);
  wire.open = true;
  made.send(pcmPacket(new Float32Array(PCM), 1, 0, 0), 0);
  assert.deepEqual(wire.sent.map((packet) => readHeader(packet)!.number), [0]);
});

test("it takes packets in the form that was chosen", () => {
  const { made } = peer();
  assert.equal(made.takes(1), OPUS[0]);
  made.path(10, 0, true, true);
  time.now += 2000;
  made.path(10, 0, true, true);
  assert.equal(made.takes(1), PCM_FORMAT);
  made.path(10, 0.01, true, true);
  assert.equal(made.takes(1), PCM_TWICE);
});

test("who changes is told from where sound is missing, but not while something waits", () => {
  const { made, wire } = peer();
  assert.equal(made.become(OPUS[0]!), null); // nothing was sent yet
  assert.equal(made.become(OPUS[0]!), null);
  made.send(opusPacket([named(240, 1)], 1, 0, 1000), 1240);
  assert.equal(made.become(PCM_FORMAT), 1240);
  wire.crowd = 1;
  assert.equal(made.become(OPUS[0]!), null);
});

test("Opus waits for 25 ms of itself, and is held back then", () => {
  const { made, wire } = peer();
  made.become(OPUS[1]!);
  const packet = (): ArrayBuffer => opusPacket([new Uint8Array(100).fill(240)], 1, 0, 0);
  wire.crowd = 3 * packet().byteLength; // 30 ms
  made.send(packet(), 480);
  wire.crowd += 1;
  made.send(packet(), 960);
  assert.deepEqual([wire.sent.length, made.counts().heldBack], [1, 1]);
});

// ---- in --------------------------------------------------------------------------------------------

test("the first packet says where to begin: 8 ms before it for PCM", () => {
  const { ring, pcm } = peer();
  pcm(100_000, 0);
  assert.equal(ring.head[Slot.resyncEpoch], 1);
  assert.equal(ring.head[Slot.resyncTo], 100_000 - 8 * 48);
});

test("and 20 ms before it for Opus, and before what decoding takes", () => {
  const { made, ring } = peer();
  made.receive(opusPacket([named(480, 1)], 1, 0, 100_000));
  assert.equal(ring.head[Slot.resyncTo], 100_000 - 120 - 3 * 48 - 20 * 48);
  assert.deepEqual(decoders.at(-1)!.heard, [1]);
});

test("until the worklet has moved, it is not asked again", () => {
  const { ring, pcm } = peer();
  pcm(100_000, 0);
  pcm(500_000, 1);
  assert.equal(ring.head[Slot.resyncEpoch], 1);
});

test("PCM lies in the ring as it was sent, one channel on both sides, two apart", () => {
  const { made, ring, confirm, pcm } = peer();
  pcm(100_000, 0);
  confirm();
  pcm(100_000, 1);
  const at = 100_000 % ring.left.length;
  assert.ok(Math.abs(ring.left[at]! - 0.5) < 1e-4);
  assert.equal(ring.right[at], ring.left[at]);
  made.receive(pcmPacket(Float32Array.of(1, -1, 0, 1), 2, 2, 100_256));
  assert.deepEqual([...ring.left.subarray(at + 256, at + 258)], [1, 0]);
  assert.deepEqual([...ring.right.subarray(at + 256, at + 258)], [-1, 1]);
});

test("a lost Opus packet is taken from the next one, which repeats it", () => {
  const { made } = peer();
  const receive = (name: number, number: number): void =>
    made.receive(opusPacket([named(480, name), named(480, name - 1)], 1, number, 480 * name));
  receive(11, 0);
  receive(13, 2);
  receive(14, 3);
  assert.deepEqual(decoders.at(-1)!.heard, [10, 11, 12, 13, 14]);
});

test("of two lost Opus packets both are in the next one, where it repeats two", () => {
  const { made } = peer();
  const receive = (name: number, number: number): void => {
    const packets = [0, 1, 2].map((before) => named(240, name - before));
    made.receive(opusPacket(packets, 1, number, 240 * name));
  };
  receive(12, 0);
  receive(15, 3);
  assert.deepEqual(decoders.at(-1)!.heard, [10, 11, 12, 13, 14, 15]);
});

test("a lost PCM packet is in the next one, and only then what is repeated counts as come", () => {
  const { made, ring, confirm, pcm } = peer();
  const twice = (frame: number, number: number, value: number): void => {
    const samples = new Float32Array(2 * PCM).fill(value, 0, PCM).fill(-value, PCM);
    made.receive(pcmPacket(samples, 1, number, frame, PCM));
  };
  pcm(100_000, 0);
  confirm();
  pcm(100_000, 0, 0.25);
  twice(100_000, 1, 0.5); // the first half is here already
  const at = 100_000 % ring.left.length;
  assert.ok(Math.abs(ring.left[at]! - 0.25) < 1e-4);
  assert.ok(Math.abs(ring.left[at + PCM]! + 0.5) < 1e-4);
  twice(100_512, 3, 0.75); // and 100_256 came, but not 100_512
  assert.ok(Math.abs(ring.left[at + 2 * PCM]! - 0.75) < 1e-4);
  assert.ok(Math.abs(ring.left[at + 3 * PCM]! + 0.75) < 1e-4);
  assert.equal(made.counts().lost, 1);
});

test("what bridges a change of form lies in its place, and only its end says when it came", () => {
  const { made, ring, confirm, pcm } = peer();
  pcm(100_000, 0);
  confirm();
  ring.head[Slot.position] = 100_300;
  made.receive(pcmPacket(new Float32Array(1024).fill(0.5), 1, 1, 100_256, 128));
  const at = 100_300 % ring.left.length;
  assert.ok(Math.abs(ring.left[at]! - 0.5) < 1e-4);
  assert.equal(made.counts().late, 0);
});

test("what is no packet of ours changes nothing", () => {
  const { made, ring, confirm } = peer();
  const odd = (...values: number[]): void => made.receive(Uint8Array.from(values).buffer);
  odd();
  odd(1, 3, 0, 0, 0, 0, 0, 0);
  assert.equal(made.counts().received, 0);
  odd(1, 1, 0, 0, 0, 0, 0, 0, 7); // half a sample
  odd(2, 1, 1, 0, 0, 0, 0, 0, 1, 9, 0); // nine bytes promised
  odd(2, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 243); // Opus that doesn't say how long it is
  odd(1, 0xf1, 0, 0, 0, 0, 0, 0, 7, 7); // more that is new than there is
  odd(1, 1, 0, 0, 0, 0, 0, 0); // no sound
  odd(7, 1, 2, 0, 0, 0, 0, 0); // a kind of later days
  made.receive(pcmPacket(new Float32Array(4097), 1, 3, 0)); // longer than any packet
  confirm();
  assert.equal(made.counts().receiving, null);
  assert.equal(ring.head[Slot.resyncEpoch], 0);
  assert.ok(ring.left.every(Number.isNaN));
});

test("lost packets are counted by their numbers, and one that was only late is taken off", () => {
  const { made, pcm } = peer();
  for (const number of [65_534, 65_535, 0, 3]) pcm(0, number);
  assert.equal(made.counts().lost, 2);
  pcm(0, 1);
  assert.equal(made.counts().lost, 1);
});

test("the loss of a report is that of its own half second", () => {
  const { made, pcm } = peer();
  for (const number of [0, 1, 2, 4]) pcm(0, number);
  assert.equal(made.counts().lossNow, 0.2);
  for (const number of [5, 6, 7]) pcm(0, number);
  assert.equal(made.counts().lossNow, 0);
  assert.equal(made.counts().lossNow, 0);
});

test("sound that came too late is counted", () => {
  const { made } = sounding(20, (i) => (i % 10 === 0 ? -1 : 500));
  assert.equal(made.counts().late, 2);
});

test("sound that is much too late, or much too early, moves the position at once", () => {
  for (const slack of [-48 * 200 - 1, 16_385]) {
    const one = sounding(20, () => 500);
    const frame = 100_000 + PCM * 21;
    one.ring.head[Slot.position] = frame - slack;
    one.pcm(frame, 21);
    assert.equal(one.ring.head[Slot.resyncTo], frame - 8 * 48);
  }
  for (const slack of [-48 * 200, 16_384]) {
    const one = sounding(20, () => 500);
    const frame = 100_000 + PCM * 21;
    one.ring.head[Slot.position] = frame - slack;
    one.pcm(frame, 21);
    assert.equal(one.ring.head[Slot.resyncEpoch], 1);
  }
});

// ---- the delay -------------------------------------------------------------------------------------

test("a little too much delay is for the worklet to play away", () => {
  const { made, ring } = sounding(300, () => 500);
  made.tend(time.now);
  assert.equal(ring.head[Slot.excess], 460);
  assert.equal(ring.head[Slot.resyncEpoch], 1);
});

test("more than 15 ms too much are cut at once, more than 15 ms too few are added", () => {
  const long = sounding(300, () => 2000);
  const from = long.ring.head[Slot.position]!;
  long.made.tend(time.now);
  assert.equal(long.ring.head[Slot.resyncTo], from + 1960);
  const short = sounding(300, () => -1000);
  const at = short.ring.head[Slot.position]!;
  short.made.tend(time.now);
  assert.equal(short.ring.head[Slot.resyncTo], at - 1040);
});

test("after a jump the worklet has nothing more to play away", () => {
  const { made, ring, pcm } = sounding(300, () => 500);
  made.tend(time.now);
  assert.equal(ring.head[Slot.excess], 460);
  pcm(900_000, 301);
  assert.equal(ring.head[Slot.resyncEpoch], 2);
  assert.equal(ring.head[Slot.excess], 0);
});

test("exactly 15 ms are still played away", () => {
  const { made, ring } = sounding(300, () => 760);
  made.tend(time.now);
  assert.equal(ring.head[Slot.excess], 720);
});

test("after a change of codec the delay is measured anew", () => {
  const { made, ring, confirm } = sounding(300, () => 500);
  for (let i = 0; i < 2; i += 1) {
    made.receive(opusPacket([named(480, 1)], 1, 301 + i, ring.head[Slot.position]! + 600 + 480 * i));
  }
  confirm();
  made.tend(time.now);
  assert.equal(ring.head[Slot.excess], 0);
});

// ---- what is said of them ----------------------------------------------------------------------------

test("sound is expected of whoever was heard, until they mute", () => {
  const one = peer();
  const expecting = (): number => {
    one.made.tend(time.now);
    return one.ring.head[Slot.expecting]!;
  };
  assert.equal(expecting(), 0);
  one.pcm(100_000, 0);
  time.now += 5000;
  assert.equal(expecting(), 1);
  one.made.path(10, 0, false, true);
  assert.equal(expecting(), 0);
  one.pcm(100_256, 1);
  time.now += 149;
  assert.equal(expecting(), 1); // muted, and what they played last still comes
  time.now += 1;
  assert.equal(expecting(), 0);
  one.made.path(10, 0, true, true);
  one.wire.open = false;
  assert.equal(expecting(), 0);
});

test("the counts tell how long nothing came, and what the delay is made of", () => {
  const one = peer();
  assert.equal(one.made.counts().silentMs, null);
  const { made } = sounding(300, () => 480);
  made.tend(time.now);
  time.now += 250;
  const counts = made.counts();
  assert.equal(counts.silentMs, 250);
  assert.equal(counts.bufferMs, (256 + 480) / 48);
  assert.equal(counts.received, 301);
  assert.equal(counts.receiving, "pcm");
  assert.equal(counts.sending, "opus");
  assert.equal(counts.peer, "ben");
});
