// Interval mode at the network's side: what is sent, what is kept for who comes, what is played when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decoders, encoders, named } from "./codecs";
import { IntervalOut, IntervalPeer } from "../../frontend/jam/engine/interval";
import { opusPacket, readHeader, readOpus } from "../../frontend/jam/engine/packet";
import { Slot, playoutRing } from "../../frontend/jam/engine/rings";
import { Time } from "./time";

const time = new Time();
const PACKET = 960;
const BUNDLE = 5 * PACKET;
const SECOND = 48_000;
const LOOKAHEAD = 120;

class Way {
  open = true;
  crowd = 0;
  readonly sent: ArrayBuffer[] = [];
  send(bytes: ArrayBuffer): void {
    this.sent.push(bytes);
  }
  get frames(): number[] {
    return this.sent.map((bytes) => readHeader(bytes)!.frame + PACKET);
  }
  get numbers(): number[] {
    return this.sent.map((bytes) => readHeader(bytes)!.number);
  }
}

function sounding(keepMs = 8000) {
  const players: IntervalPeer[] = [];
  const out = new IntervalOut(1, () => players);
  out.keepMs = keepMs;
  const play = (from: number, packets: number): void => {
    for (let i = 0; i < packets; i += 1) {
      out.add(from + PACKET * i, new Float32Array(PACKET));
      encoders.at(-1)!.put();
    }
  };
  const joins = (wants: number | null = 0) => {
    const way = new Way();
    const made = new IntervalPeer(way);
    made.wants = wants;
    players.push(made);
    return { made, way };
  };
  return { out, play, joins };
}

test("five packets are a message, in the order they were played", () => {
  const { play, joins } = sounding();
  const { way } = joins();
  play(0, 12);
  assert.deepEqual(way.frames, [BUNDLE, 2 * BUNDLE]);
  assert.deepEqual(way.numbers, [0, 1]);
  assert.deepEqual(readOpus(way.sent[0]!)!.map((packet) => packet[1]), [4, 3, 2, 1, 0]);
});

test("a pause ends a message: what is one lies together", () => {
  const { play, joins } = sounding();
  const { way } = joins();
  play(0, 3);
  play(SECOND, 5);
  assert.deepEqual(way.frames, [3 * PACKET, SECOND + BUNDLE]);
});

test("who comes in the middle is first given what they will hear, and nothing from before it", () => {
  const { play, joins } = sounding(8000);
  play(0, 500); // ten seconds
  const { way } = joins(5 * SECOND);
  play(10 * SECOND, 5);
  assert.deepEqual([way.frames[0], way.frames.at(-1)], [5 * SECOND + BUNDLE, 10 * SECOND + BUNDLE]);
  assert.equal(way.sent.length, 51);
});

test("sound is kept for an interval, not longer", () => {
  const { play, joins } = sounding(2000);
  play(0, 500);
  const { way } = joins(0);
  play(10 * SECOND, 5);
  assert.equal(way.frames[0], 8 * SECOND + 3 * BUNDLE); // what is 0.2 s from its end would come too late
});

test("who wants to hear nothing by interval is sent nothing", () => {
  const { play, joins } = sounding();
  const { made, way } = joins(null);
  play(0, 10);
  assert.equal(way.sent.length, 0);
  made.wants = 0;
  play(10 * PACKET, 5);
  assert.equal(way.sent.length, 3);
});

test("what can't be there in time any more is left out, and the numbers show it", () => {
  const { play, joins } = sounding(2000);
  const { way } = joins();
  play(0, 5);
  way.crowd = 1_000_000;
  play(BUNDLE, 145); // three seconds in which the line carries nothing
  way.crowd = 0;
  play(150 * PACKET, 5);
  const oldest = way.frames[1]!;
  assert.equal(155 * PACKET - oldest <= 1.8 * SECOND, true);
  assert.deepEqual(way.numbers.slice(0, 2), [0, oldest / BUNDLE - 1]);
});

test("all get less of it for a while when somebody falls behind", () => {
  const { play, joins } = sounding(20_000);
  const { made, way } = joins();
  play(0, 5);
  made.pump();
  const before = encoders.length;
  way.crowd = 1_000_000;
  play(BUNDLE, 150);
  assert.equal(encoders.length, before + 1);
  const { bitrate } = encoders.at(-1)!.configured as { bitrate: number };
  assert.equal(bitrate, 40_000);
});

test("off is off", () => {
  const { out, play, joins } = sounding();
  const { way } = joins();
  play(0, 5);
  out.keepMs = 0;
  out.add(5 * PACKET, new Float32Array(PACKET));
  assert.equal(way.sent.length, 1);
});

// ---- in --------------------------------------------------------------------------------------------

function hearing(lag: number, from: number) {
  const ring = playoutRing();
  const made = new IntervalPeer(new Way());
  made.playInto(ring.buffer);
  made.hear(lag, from);
  /** The worklet plays so far into their sound, its own frame being `context`. */
  const plays = (position: number, context: number): void => {
    ring.head[Slot.position] = position;
    ring.head[Slot.lag] = position - context;
    ring.head[Slot.resyncDone] = ring.head[Slot.resyncEpoch]!;
  };
  const comes = (frame: number, number: number, name: number): void =>
    made.receive(opusPacket([named(PACKET, name)], 1, number, frame));
  const heard = (): number[] => decoders.at(-1)?.heard ?? [];
  return { ring, made, plays, comes, heard };
}

test("the position goes at once where it belongs, and is held there", () => {
  const { ring, made, plays } = hearing(-96_000, 0);
  plays(0, 480_000);
  made.tend(true);
  assert.equal(ring.head[Slot.resyncTo], 384_000);
  plays(384_000, 480_000);
  made.tend(true);
  assert.equal(ring.head[Slot.excess], 0);
  plays(432_010, 528_000);
  made.tend(true);
  assert.equal(ring.head[Slot.excess], -10);
});

test("packets wait until shortly before their time, in their own order", () => {
  const { made, plays, comes, heard } = hearing(-96_000, 0);
  plays(SECOND, 3 * SECOND);
  const count = decoders.length;
  comes(2 * SECOND + PACKET, 1, 12);
  comes(2 * SECOND, 0, 11); // it had been lost, and came again
  made.pump();
  assert.equal(decoders.length, count);
  plays(2 * SECOND - 13_000, 4 * SECOND - 13_000);
  made.pump();
  assert.deepEqual(heard(), [11, 12]);
});

test("they sound at their own frame", () => {
  const { ring, made, plays, comes } = hearing(-96_000, 0);
  plays(SECOND, 3 * SECOND);
  comes(SECOND + 4800, 0, 64);
  made.pump();
  decoders.at(-1)!.put();
  const mask = ring.left.length - 1;
  const at = SECOND + 4800 - LOOKAHEAD;
  assert.equal(Number.isNaN(ring.left[(at - 1) & mask]!), true);
  assert.equal(ring.left[at & mask], 0.25);
  assert.equal(ring.left[(at + PACKET - 1) & mask], 0.25);
});

test("what comes too late is silence, and shifts nothing", () => {
  const { ring, made, plays, comes } = hearing(-96_000, 0);
  plays(3 * SECOND, 5 * SECOND);
  const count = decoders.length;
  comes(2 * SECOND, 0, 5);
  made.pump();
  made.tend(true);
  assert.deepEqual([decoders.length, made.late, ring.head[Slot.excess]], [count, 1, 0]);
  assert.equal(ring.head[Slot.expecting], 1); // what is missing now is told
});

test("nothing from before the first interval is heard", () => {
  const { made, plays, comes } = hearing(-96_000, 2 * SECOND);
  plays(2 * SECOND - 4800, 4 * SECOND);
  const count = decoders.length;
  comes(2 * SECOND - PACKET, 0, 1);
  made.pump();
  assert.equal(decoders.length, count);
  assert.equal(made.late, 0);
});

test("a player who mutes leaves an honest gap; one whose messages are missing doesn't", () => {
  const { ring, made, plays, comes } = hearing(-96_000, 0);
  plays(SECOND, 3 * SECOND);
  comes(SECOND + 4800, 0, 1);
  made.pump();
  made.tend(false);
  assert.equal(ring.head[Slot.expecting], 0); // muted, and nothing more is under way
  comes(4 * SECOND, 1, 2);
  made.tend(true);
  assert.equal(ring.head[Slot.expecting], 0); // they paused: the next message is the next number
  comes(3 * SECOND, 3, 3);
  made.tend(true);
  assert.equal(ring.head[Slot.expecting], 1);
});

test("noise on the channel breaks nothing", () => {
  const { made, plays } = hearing(-96_000, 0);
  plays(SECOND, 3 * SECOND);
  const count = decoders.length;
  for (const bytes of [new ArrayBuffer(0), new ArrayBuffer(7), new ArrayBuffer(4000)]) made.receive(bytes);
  made.receive(opusPacket([named(480, 1)], 1, 0, SECOND)); // not of our length
  made.pump();
  assert.equal(decoders.length, count);
  time.now += 1;
});

test("a packet of more than an Opus frame has is none", () => {
  const { made, plays } = hearing(-96_000, 0);
  plays(SECOND, 3 * SECOND);
  const count = decoders.length;
  const large = new Uint8Array(2000);
  large.set(named(PACKET, 1));
  made.receive(opusPacket([large], 1, 0, SECOND));
  made.pump();
  assert.equal(decoders.length, count);
});
