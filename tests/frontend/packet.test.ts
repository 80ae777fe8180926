// The bytes on the `audio` data channel. Both ends may be of different versions: the layout is a contract.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  HEADER, KIND_OPUS, KIND_PCM, opusFrames, opusPacket, pcmPacket, readHeader, readOpus,
} from "../../frontend/jam/engine/packet";

const bytes = (buffer: ArrayBuffer): number[] => [...new Uint8Array(buffer)];
const buffer = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;

test("a PCM packet has its header and 16-bit samples, little endian", () => {
  const packet = pcmPacket(Float32Array.of(0, 1, -1, 0.5), 2, 0x1234, 0x01020304);
  assert.deepEqual(bytes(packet), [
    1, 2, 0x34, 0x12, 0x04, 0x03, 0x02, 0x01,
    0, 0, 0xff, 0x7f, 0x01, 0x80, 0x00, 0x40,
  ]);
});

test("what is louder than full scale is cut, and what is no number is silent", () => {
  const packet = pcmPacket(Float32Array.of(1.5, -1.5, Infinity, -Infinity, NaN), 1, 0, 0);
  assert.deepEqual([...new Int16Array(packet, HEADER)], [32767, -32767, 32767, -32767, 0]);
});

test("samples are rounded to the nearest step", () => {
  const packet = pcmPacket(Float32Array.of(0.4 / 32767, 0.6 / 32767, -0.4 / 32767, -0.6 / 32767), 1, 0, 0);
  assert.deepEqual([...new Int16Array(packet, HEADER)], [0, 1, 0, -1]);
});

test("a header is read as it was written", () => {
  const packet = pcmPacket(new Float32Array(4), 2, 40_000, 123_456_789);
  assert.deepEqual(readHeader(packet), {
    kind: KIND_PCM, channels: 2, number: 40_000, frame: 123_456_789, fresh: 0,
  });
});

test("packet numbers are kept modulo 2^16, frame numbers modulo 2^32", () => {
  const { number, frame } = readHeader(pcmPacket(new Float32Array(2), 1, 65_536 + 7, 2 ** 32 - 5))!;
  assert.equal(number, 7);
  assert.equal(frame, -5);
});

test("bytes that are no packet are not read", () => {
  assert.equal(readHeader(buffer()), null);
  assert.equal(readHeader(buffer(1, 1, 0, 0, 0, 0, 0)), null); // a byte short
  assert.equal(readHeader(buffer(1, 0, 0, 0, 0, 0, 0, 0)), null); // no channels
  assert.equal(readHeader(buffer(1, 3, 0, 0, 0, 0, 0, 0)), null); // three
  assert.deepEqual(readHeader(buffer(9, 1, 0, 0, 0, 0, 0, 0)), {
    kind: 9, channels: 1, number: 0, frame: 0, fresh: 0,
  });
});

test("a PCM packet may repeat what lies before it, and says how much of it is new", () => {
  const packet = pcmPacket(new Float32Array(2 * 384), 2, 1, 1000, 128);
  assert.deepEqual(bytes(packet).slice(0, 2), [1, 0x72]);
  assert.deepEqual(readHeader(packet), { kind: KIND_PCM, channels: 2, number: 1, frame: 1000, fresh: 128 });
  assert.equal(readHeader(pcmPacket(new Float32Array(128), 1, 1, 1000, 128))!.fresh, 0); // all of it
});

test("an Opus packet holds its own sound and repeats those before it", () => {
  const packet = opusPacket([Uint8Array.of(7, 8, 9), Uint8Array.of(5, 6), Uint8Array.of(4)], 1, 2, 480);
  assert.deepEqual(bytes(packet), [2, 1, 2, 0, 0xe0, 0x01, 0, 0, 3, 3, 0, 2, 0, 1, 0, 7, 8, 9, 5, 6, 4]);
  assert.equal(readHeader(packet)!.kind, KIND_OPUS);
  assert.deepEqual(readOpus(packet)!.map((one) => [...one]), [[7, 8, 9], [5, 6], [4]]);
});

test("a long Opus packet says its length in 16 bits", () => {
  const long = new Uint8Array(700).fill(3);
  const [current, previous] = readOpus(opusPacket([long, Uint8Array.of(1)], 2, 0, 0))!;
  assert.equal(current!.length, 700);
  assert.deepEqual([...previous!], [1]);
});

test("an Opus packet that promises other than it holds is not read", () => {
  const head = [2, 1, 0, 0, 0, 0, 0, 0];
  assert.equal(readOpus(buffer(...head, 1)), null); // no length
  assert.equal(readOpus(buffer(...head, 0, 7, 8)), null); // nothing in it
  assert.equal(readOpus(buffer(...head, 200, 1, 0, 7)), null); // 200 lengths promised
  assert.equal(readOpus(buffer(...head, 1, 3, 0, 7, 8)), null); // three bytes promised, two there
  assert.equal(readOpus(buffer(...head, 1, 1, 0, 7, 8)), null); // one byte that belongs to nobody
  assert.equal(readOpus(buffer(...head, 2, 1, 0, 0, 0, 7)), null); // an empty one
  assert.deepEqual([...readOpus(buffer(...head, 1, 2, 0, 7, 8))![0]!], [7, 8]);
});

test("more packets in one than anybody repeats are none", () => {
  const many = (count: number): Uint8Array[] => Array.from({ length: count }, () => Uint8Array.of(240));
  assert.equal(readOpus(opusPacket(many(8), 1, 0, 0))!.length, 8);
  assert.equal(readOpus(opusPacket(many(9), 1, 0, 0)), null);
});

test("the length of an Opus packet's sound is in its first byte", () => {
  const config = (number: number, code = 0): number => opusFrames(Uint8Array.of((number << 3) | code, 3));
  assert.deepEqual([0, 1, 2, 3].map((number) => config(number)), [480, 960, 1920, 2880]); // SILK
  assert.deepEqual([12, 13].map((number) => config(number)), [480, 960]); // hybrid
  assert.deepEqual([28, 29, 30, 31].map((number) => config(number)), [120, 240, 480, 960]); // CELT
  assert.deepEqual([1, 2, 3].map((code) => config(30, code)), [960, 960, 1440]); // two, two, as said: three
  assert.equal(opusFrames(Uint8Array.of()), 0);
  assert.equal(opusFrames(Uint8Array.of((3 << 3) | 3, 3)), 0); // 180 ms: more than a packet may hold
  assert.equal(opusFrames(Uint8Array.of((30 << 3) | 3)), 0); // how many isn't said
});
