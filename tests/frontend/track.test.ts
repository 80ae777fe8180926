// A backing track: where it is on the clock, and what is made of its sound.
import assert from "node:assert/strict";
import { test } from "node:test";
import { render, type Piece, type Sound } from "../../frontend/jam/track/render";
import { add, type StemAbout } from "../../frontend/jam/track/source";
import { SEGMENT_MS, Timeline, positionAt, segmentsOf, type HeardTrack } from "../../frontend/jam/track/timeline";

const TRACK: HeardTrack = {
  hears: true, recording: "r", mix: "m", stems: [], playing: true, position: 1000, tempo: 100, pitch: 0,
  loop: null, from: 10_000, duration: 60_000, rev: 3, by: null,
};

test("where it is follows the clock, as the server counts it", () => {
  assert.equal(positionAt(TRACK, 9000), 1000);
  assert.equal(positionAt(TRACK, 12_000), 3000);
  assert.equal(positionAt({ ...TRACK, tempo: 50 }, 12_000), 2000);
  assert.equal(positionAt({ ...TRACK, playing: false }, 12_000), 1000);
  assert.equal(positionAt(TRACK, 99_000), 60_000);
  const looped: HeardTrack = { ...TRACK, loop: [500, 2000] };
  assert.deepEqual([999, 1000, 1600, 2500].map((ms) => positionAt(looped, 10_000 + ms)), [1999, 500, 1100, 500]);
});

test("whoever comes later plays the same pieces", () => {
  const first = segmentsOf(TRACK, 10_000, 30_000);
  assert.deepEqual(first.map(({ at }) => at), [10_000, 14_000, 18_000, 22_000, 26_000]);
  assert.deepEqual(segmentsOf(TRACK, 19_500, 30_000), first.slice(2));
  assert.deepEqual(first.map(({ position }) => position), [1000, 5000, 9000, 13_000, 17_000]);
  assert.deepEqual(segmentsOf({ ...TRACK, playing: false }, 0, 99_000), []);
  assert.equal(segmentsOf(TRACK, 10_000, 999_000).at(-1)!.position < 60_000, true);
});

test("what was goes on until what comes begins", () => {
  const timeline = new Timeline();
  timeline.take(TRACK, 9000);
  const slower: HeardTrack = { ...TRACK, rev: 4, tempo: 50, from: 15_000, position: 6000 };
  timeline.take(slower, 14_700);
  assert.equal(timeline.at(14_900), TRACK);
  assert.equal(timeline.told, slower);
  const pieces = timeline.between(14_000, 17_000).map(({ key, until }) => [key, until]);
  assert.deepEqual(pieces, [["3@10000:1", 15_000], ["4@15000:0", Infinity]]);
  assert.deepEqual(["2@1:0", "3@10000:1", "4@15000:0"].map((key) => timeline.holds(key)), [-Infinity, 15_000, Infinity]);
  assert.equal(timeline.at(15_000), slower);
  timeline.take(null, 16_000);
  assert.deepEqual(timeline.between(16_000, 20_000), []);
});

const RATE = 48_000;
const sine = (hertz: number, seconds: number): Float32Array =>
  Float32Array.from({ length: seconds * RATE }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / RATE));
const sound = (samples: Float32Array): Sound => ({ rate: RATE, left: samples, right: samples });
const highest = (samples: Float32Array): number => samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
const piece = (more: Partial<Piece>): Piece => ({
  position: 0, loop: null, tempo: 100, pitch: 0, length: SEGMENT_MS, fadeIn: 0, fadeOut: 0, ...more,
});

test("as it is, it is what was recorded, to the sample", () => {
  const samples = sine(440, 10);
  const [left] = render(sound(samples), piece({ position: 2000 }));
  assert.deepEqual(left, samples.slice(2 * RATE, 6 * RATE));
});

test("outside of its sound it is silent", () => {
  const [left] = render(sound(sine(440, 1)), piece({ position: 500 }));
  assert.equal(left.length, 4 * RATE);
  assert.equal(highest(left.slice(RATE / 2)), 0);
});

test("pieces overlap without a bump", () => {
  const ones = sound(new Float32Array(10 * RATE).fill(1));
  const fades = { length: SEGMENT_MS + 20, fadeIn: 20, fadeOut: 20 };
  const [first] = render(ones, piece(fades));
  const [second] = render(ones, piece({ ...fades, position: SEGMENT_MS }));
  for (let i = 0; i <= 960; i += 60) {
    assert.ok(Math.abs((first[4 * RATE + i] ?? 0) + second[i]! - 1) < 0.01, `${i}`);
  }
});

test("a loop goes round without a jump", () => {
  // A ramp jumps at a seam unless its end becomes its beginning.
  const ramp = Float32Array.from({ length: 4 * RATE }, (_, i) => i / (4 * RATE));
  const [left] = render(sound(ramp), piece({ position: 1000, loop: [1000, 2000] }));
  assert.equal(left[0], ramp[RATE]);
  assert.equal(left[RATE], ramp[RATE]);
  assert.equal(left[3.5 * RATE], ramp[1.5 * RATE]);
  const steps = left.slice(1).map((value, i) => Math.abs(value - left[i]!));
  assert.ok(highest(steps) < 0.003, `${highest(steps)}`);
});

/** Hz of the strongest part, by where the signal goes up through zero. */
function pitchOf(samples: Float32Array): number {
  const ups: number[] = [];
  for (let i = RATE / 4; i < samples.length - RATE / 4; i += 1) if (samples[i - 1]! < 0 && samples[i]! >= 0) ups.push(i);
  return (RATE * (ups.length - 1)) / (ups.at(-1)! - ups[0]!);
}

test("pitch moves by semitones and leaves the tempo, and the other way round", () => {
  for (const [tempo, pitch] of [[100, 12], [100, -12], [100, 5], [50, 0], [150, 0], [75, -3], [150, 12], [50, -12]] as const) {
    const [left] = render(sound(sine(440, 12)), piece({ tempo, pitch, position: 2000 }));
    const hertz = 440 * 2 ** (pitch / 12);
    assert.equal(left.length, 4 * RATE);
    assert.ok(Math.abs(pitchOf(left) / hertz - 1) < 0.01, `${tempo} ${pitch}: ${pitchOf(left)}`);
    assert.ok(highest(left) > 0.4 && highest(left) < 0.62, `${highest(left)}`);
  }
});

test("what is played at a time comes at that time, at whatever tempo", () => {
  // Strokes every 500 ms, which die away.
  const clicks = new Float32Array(20 * RATE);
  for (let at = 0; at < clicks.length; at += RATE / 2) for (let i = 0; i < 2400; i += 1) clicks[at + i] = Math.sin((Math.PI * i) / 24) * Math.exp(-i / 700);
  for (const [tempo, pitch] of [[50, 0], [75, 0], [125, 0], [150, 0], [100, 7], [100, -7]] as const) {
    const [left] = render(sound(clicks), piece({ tempo, pitch, position: 4250 }));
    const found: number[] = [];
    for (let i = 0; i < left.length; i += 1) {
      if (Math.abs(left[i]!) > 0.2 && i - (found.at(-1) ?? -RATE) > RATE / 10) found.push(i);
    }
    const every = 500 / (tempo / 100);
    const wanted = Array.from({ length: Math.floor((4000 - 250 / (tempo / 100)) / every) + 1 }, (_, n) => (250 / (tempo / 100)) + n * every);
    const times = found.map((frame) => (frame * 1000) / RATE);
    assert.ok(Math.abs(times.length - wanted.length) <= 1, `${tempo} ${pitch}: ${times.map(Math.round)}`);
    const off = times.map((time) => Math.min(...wanted.map((one) => Math.abs(one - time))));
    assert.ok(Math.max(...off) < 30, `${tempo} ${pitch}: ${off.map(Math.round)}`);
  }
});

test("octaves up let nothing fold back", () => {
  const [left] = render(sound(sine(20_000, 6)), piece({ pitch: 12, position: 500 }));
  assert.ok(highest(left.slice(RATE)) < 0.05, `${highest(left.slice(RATE))}`);
});

const stem = (more: Partial<StemAbout>): StemAbout => ({
  id: "s", name: "Ada", url: "", start: 0, rate: RATE, drift_ppm: 0, slips: [], gain: 1, pan: 0, ...more,
});
const buffer = (samples: Float32Array<ArrayBuffer>, rate = RATE) => ({ sampleRate: rate, numberOfChannels: 1, getChannelData: () => samples });
const empty = (seconds: number): Sound => ({ rate: RATE, left: new Float32Array(seconds * RATE), right: new Float32Array(seconds * RATE) });
/** A single frame that isn't silent. */
const marked = (at: number): Float32Array<ArrayBuffer> => {
  const samples = new Float32Array(200 * RATE);
  samples.fill(1, at, at + 3);
  return samples;
};

test("a stem lies where it was played, by the clock of who recorded it", () => {
  const place = (about: Partial<StemAbout>, at: number): number => {
    const into = empty(200);
    add(into, stem(about), buffer(marked(at)));
    return into.left.findIndex((value) => value > 0.9);
  };
  assert.equal(place({}, RATE), RATE);
  assert.equal(place({ start: 250 }, RATE), 1.25 * RATE);
  assert.equal(place({ start: -250 }, RATE), 0.75 * RATE);
  // A device that counts 100 frames in a million too many is late by 10 ms after 100 s.
  assert.ok(Math.abs(place({ drift_ppm: 100 }, 100 * RATE) - (100 * RATE - 480)) <= 2);
  // It stood still for 2.5 s at its 5th: from there on everything is so much later, and silence between.
  assert.equal(place({ slips: [[5 * RATE, 2500]] }, 4 * RATE), 4 * RATE);
  assert.equal(place({ slips: [[5 * RATE, 2500]] }, 6 * RATE), 8.5 * RATE);
});

test("a stem sounds where it was panned to, as loud as in the mix", () => {
  const into = empty(2);
  add(into, stem({ gain: 0.5, pan: -1 }), buffer(marked(RATE)));
  assert.ok(Math.abs(into.left[RATE + 1]! - 0.5 * Math.SQRT2) < 1e-6);
  assert.ok(Math.abs(into.right[RATE + 1]!) < 1e-6);
});
