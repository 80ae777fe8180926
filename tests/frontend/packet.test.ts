// The bytes on the `audio` data channel. Both ends may be of different versions: the layout is a contract.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  HEADER, KIND_OPUS, KIND_PCM, opusPacket, pcmPacket, readHeader, readOpus,
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
  assert.deepEqual(readHeader(packet), { kind: KIND_PCM, channels: 2, number: 40_000, frame: 123_456_789 });
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
  assert.deepEqual(readHeader(buffer(9, 1, 0, 0, 0, 0, 0, 0)), { kind: 9, channels: 1, number: 0, frame: 0 });
});

test("an Opus packet holds its own sound and repeats the one before", () => {
  const packet = opusPacket(Uint8Array.of(7, 8, 9), Uint8Array.of(5, 6), 1, 2, 480);
  assert.deepEqual(bytes(packet), [2, 1, 2, 0, 0xe0, 0x01, 0, 0, 3, 0, 7, 8, 9, 5, 6]);
  assert.equal(readHeader(packet)!.kind, KIND_OPUS);
  const { current, previous } = readOpus(packet)!;
  assert.deepEqual([...current], [7, 8, 9]);
  assert.deepEqual([...previous], [5, 6]);
});

test("without one before, nothing is repeated", () => {
  const { current, previous } = readOpus(opusPacket(Uint8Array.of(7, 8, 9), null, 1, 0, 0))!;
  assert.deepEqual([...current], [7, 8, 9]);
  assert.equal(previous.length, 0);
});

test("a long Opus packet says its length in 16 bits", () => {
  const long = new Uint8Array(700).fill(3);
  const { current, previous } = readOpus(opusPacket(long, Uint8Array.of(1), 2, 0, 0))!;
  assert.equal(current.length, 700);
  assert.deepEqual([...previous], [1]);
});

test("an Opus packet that promises more than it holds is not read", () => {
  const head = [2, 1, 0, 0, 0, 0, 0, 0];
  assert.equal(readOpus(buffer(...head, 3)), null); // no length
  assert.equal(readOpus(buffer(...head, 3, 0, 7, 8)), null); // three promised, two there
  assert.deepEqual([...readOpus(buffer(...head, 2, 0, 7, 8))!.current], [7, 8]);
});
