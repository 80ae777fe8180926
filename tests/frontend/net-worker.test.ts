// The network worker: one's own sound becomes packets, for each other player in the codec of their path.
import assert from "node:assert/strict";
import { test } from "node:test";
import { config, encoders } from "./codecs";
import type { FromWorker, ToWorker } from "../../frontend/jam/engine/net-worker";
import { runNetWorker } from "../../frontend/jam/engine/net-worker";
import { HEADER, pcmPacket, readHeader } from "../../frontend/jam/engine/packet";
import { captureRing, playoutRing, writeBlock, type CaptureRing } from "../../frontend/jam/engine/rings";
import { Time, settled, until } from "./time";

const time = new Time();
const QUANTUM = 128;

async function worker() {
  const said: FromWorker[] = [];
  const scope = {
    postMessage: (message: FromWorker) => said.push(message),
    onmessage: null as ((event: MessageEvent<ToWorker>) => void) | null,
  };
  await runNetWorker(scope);
  const tell = (data: ToWorker): void => scope.onmessage!({ data } as MessageEvent<ToWorker>);
  const sent = (peer: string): ArrayBuffer[] =>
    said.flatMap((one) => (one.t === "send" && one.peer === peer ? [one.bytes] : []));
  const join = (peer: string, channels: [RTCDataChannel, RTCDataChannel] | null = null): void =>
    tell({ t: "peer.add", peer, ring: playoutRing().buffer, channels });
  return { said, tell, sent, join };
}

/** A channel on which nothing happens. */
const silent = () => ({ readyState: "open", bufferedAmount: 0, binaryType: "", onmessage: null, send: () => undefined });

/** Lets the microphone sound, block by block, as the worklet would. */
async function play(ring: CaptureRing, from: number, blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i += 1) {
    const frame = from + QUANTUM * i;
    writeBlock(ring, frame, new Float32Array(QUANTUM * ring.channels).fill(frame / 32_768));
    await settled();
  }
}

test("it says when it is ready, and whether there is Opus", async () => {
  const { said } = await worker();
  assert.deepEqual(said, [{ t: "ready", opus: true }]);
  config.supported = false;
  const other = await worker();
  config.supported = true;
  assert.deepEqual(other.said, [{ t: "ready", opus: false }]);
});

test("two blocks of the input are a PCM packet, with the frame of the first", async () => {
  const { tell, sent, join } = await worker();
  tell({ t: "force", codec: "pcm" });
  join("ben");
  tell({ t: "open", peer: "ben", way: "live", open: true });
  const ring = captureRing(1);
  tell({ t: "input", ring: ring.buffer, channels: 1 });
  await play(ring, 10_240, 6);
  await until(() => sent("ben").length === 3);
  assert.deepEqual(sent("ben").map((packet) => readHeader(packet)), [
    { kind: 1, channels: 1, number: 0, frame: 10_240, fresh: 0 },
    { kind: 1, channels: 1, number: 1, frame: 10_496, fresh: 0 },
    { kind: 1, channels: 1, number: 2, frame: 10_752, fresh: 0 },
  ]);
  const samples = [...new Int16Array(sent("ben")[0]!, HEADER)];
  assert.equal(samples.length, 256);
  assert.deepEqual([samples[0], samples[128]], [10_240, 10_368]);
});

test("after a pause in the frames a packet begins anew", async () => {
  const { tell, sent, join } = await worker();
  tell({ t: "force", codec: "pcm" });
  join("ben");
  tell({ t: "open", peer: "ben", way: "live", open: true });
  const ring = captureRing(2);
  tell({ t: "input", ring: ring.buffer, channels: 2 });
  await play(ring, 0, 3);
  await play(ring, 9000, 3); // the half packet at 256 is nobody's
  await until(() => sent("ben").length === 2);
  assert.deepEqual(sent("ben").map((packet) => readHeader(packet)!.frame), [0, 9000]);
  assert.equal(sent("ben")[1]!.byteLength, HEADER + 2 * 2 * 256);
});

test("each player gets the codec of their path, from one encoder", async () => {
  const { tell, sent, join } = await worker();
  const made = encoders.length;
  for (const peer of ["near", "far", "further"]) {
    join(peer);
    tell({ t: "open", peer, way: "live", open: true });
    const roundTripMs = peer === "near" ? 5 : 80;
    tell({ t: "path", peer, roundTripMs, loss: 0, playing: true, heard: true });
    time.now += 2000;
    tell({ t: "path", peer, roundTripMs, loss: 0, playing: true, heard: true });
  }
  const ring = captureRing(1);
  tell({ t: "input", ring: ring.buffer, channels: 1 });
  await play(ring, 0, 8);
  await until(() => sent("near").length === 4);
  assert.equal(encoders.length, made + 1);
  encoders.at(-1)!.put();
  assert.deepEqual(sent("far").map((packet) => readHeader(packet)), [0, 1, 2, 3].map((number) => (
    { kind: 2, channels: 1, number, frame: 240 * number, fresh: 0 }
  )));
  assert.equal(sent("further").length, 4);
});

test("a path that becomes another changes the form without a gap", async () => {
  const { tell, sent, join } = await worker();
  join("ben");
  tell({ t: "open", peer: "ben", way: "live", open: true });
  const ring = captureRing(1);
  tell({ t: "input", ring: ring.buffer, channels: 1 });
  await play(ring, 0, 4); // 512 frames: two packets of 240, and 32 that wait for more
  await until(() => encoders.at(-1)!.heard.length === 2);
  encoders.at(-1)!.put();
  tell({ t: "path", peer: "ben", roundTripMs: 5, loss: 0, playing: true, heard: true });
  time.now += 2000;
  tell({ t: "path", peer: "ben", roundTripMs: 5, loss: 0, playing: true, heard: true });
  await play(ring, 512, 2);
  await until(() => sent("ben").length === 4);
  assert.deepEqual(sent("ben").map((packet) => [readHeader(packet)!.frame, packet.byteLength - HEADER]), [
    [0, 6], [240, 11], [480, 2 * 32], [512, 2 * 256],
  ]);
});

test("who is not open, or gone, gets nothing", async () => {
  const { tell, sent, join } = await worker();
  tell({ t: "force", codec: "pcm" });
  join("ben");
  join("cy");
  tell({ t: "open", peer: "cy", way: "live", open: true });
  tell({ t: "peer.remove", peer: "cy" });
  join("dee");
  tell({ t: "open", peer: "dee", way: "live", open: true });
  const ring = captureRing(1);
  tell({ t: "input", ring: ring.buffer, channels: 1 });
  await play(ring, 0, 2);
  await until(() => sent("dee").length === 1);
  assert.deepEqual([sent("ben").length, sent("cy").length], [0, 0]);
});

test("another input takes the place of the first, which is heard no more", async () => {
  const { tell, sent, join } = await worker();
  tell({ t: "force", codec: "pcm" });
  join("ben");
  tell({ t: "open", peer: "ben", way: "live", open: true });
  const [first, second] = [captureRing(1), captureRing(1)];
  tell({ t: "input", ring: first.buffer, channels: 1 });
  await play(first, 0, 2);
  await until(() => sent("ben").length === 1);
  tell({ t: "input", ring: second.buffer, channels: 1 });
  await play(first, 256, 2); // this wakes the old loop for the last time
  await play(first, 512, 4);
  await play(second, 5120, 2);
  await until(() => sent("ben").some((packet) => readHeader(packet)!.frame === 5120));
  const frames = sent("ben").map((packet) => readHeader(packet)!.frame);
  assert.deepEqual(frames.filter((frame) => frame >= 512), [5120]);
});

test("a crowded page holds packets back", async () => {
  const { tell, sent, join, said } = await worker();
  tell({ t: "force", codec: "pcm" });
  join("ben");
  tell({ t: "open", peer: "ben", way: "live", open: true });
  tell({ t: "crowd", peer: "ben", way: "live", bytes: 100_000 });
  const ring = captureRing(1);
  tell({ t: "input", ring: ring.buffer, channels: 1 });
  await play(ring, 0, 4);
  await until(() => Atomics.load(ring.written, 0) === 4);
  await time.pass(500);
  const counts = said.findLast((one) => one.t === "counts");
  assert.deepEqual(counts?.t === "counts" && counts.peers.map(({ peer, heldBack }) => [peer, heldBack]), [["ben", 2]]);
  assert.equal(sent("ben").length, 0);
});

test("a channel that came along is used itself, and what it brings is counted twice a second", async () => {
  const { said, tell, join } = await worker();
  const through: ArrayBuffer[] = [];
  const channel = {
    readyState: "open", bufferedAmount: 0, binaryType: "blob",
    send: (bytes: ArrayBuffer) => through.push(bytes),
    onmessage: null as ((event: { data: unknown }) => void) | null,
  };
  tell({ t: "force", codec: "pcm" });
  join("ben", [channel, silent()] as unknown as [RTCDataChannel, RTCDataChannel]);
  assert.equal(channel.binaryType, "arraybuffer");
  channel.onmessage!({ data: pcmPacket(new Float32Array(256), 1, 0, 0) });
  channel.onmessage!({ data: "a text" });
  const ring = captureRing(1);
  tell({ t: "input", ring: ring.buffer, channels: 1 });
  await play(ring, 0, 2);
  await until(() => through.length === 1);
  await time.pass(500);
  const counts = said.filter((one) => one.t === "counts");
  assert.equal(counts.length, 1);
  assert.equal(counts[0]!.t === "counts" && counts[0]!.peers[0]!.received, 1);
});

test("a channel that is just closing breaks nothing", async () => {
  const { tell, join, sent } = await worker();
  tell({ t: "force", codec: "pcm" });
  let tries = 0;
  const channel = {
    readyState: "open", bufferedAmount: 0, binaryType: "", onmessage: null,
    send: () => {
      tries += 1;
      throw new Error("InvalidStateError");
    },
  };
  join("ben", [channel, silent()] as unknown as [RTCDataChannel, RTCDataChannel]);
  join("cy");
  tell({ t: "open", peer: "cy", way: "live", open: true });
  const ring = captureRing(1);
  tell({ t: "input", ring: ring.buffer, channels: 1 });
  await play(ring, 0, 4);
  await until(() => sent("cy").length === 2);
  assert.equal(tries, 2);
});
