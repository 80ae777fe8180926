// Parts of a stream on their way to the server: each until it is taken, nothing of a version that is over.
import assert from "node:assert/strict";
import { test } from "node:test";

import { PACKETS, Parts, partBody } from "../../frontend/jam/stream/parts";

interface Sent {
  number: number;
  answer: (status: number, body?: unknown) => void;
}

/** A server that answers when the test says so, and what the sender was told. */
function stage(): { parts: Parts; sent: Sent[]; told: string[]; play: (count: number) => void } {
  const sent: Sent[] = [];
  const told: string[] = [];
  const call = ((address: string) =>
    new Promise<Response>((resolve) => {
      sent.push({
        number: Number(String(address).split("/").at(-2)),
        answer: (status, body = {}) => resolve(new Response(JSON.stringify(body), { status })),
      });
    })) as typeof fetch;
  const parts = new Parts("/jam/x/stream/", 7, () => "token", {
    stale: ({ version }) => told.push(`stale ${version}`),
    behind: () => told.push("behind"),
    over: () => told.push("over"),
  }, call);
  const play = (count: number): void => {
    for (let n = 0; n < count * PACKETS; n += 1) parts.add(new Uint8Array([n & 255]));
  };
  return { parts, sent, told, play };
}

const moment = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("a body is packets behind their lengths", () => {
  assert.deepEqual([...partBody([new Uint8Array([1, 2, 3]), new Uint8Array(300)])].slice(0, 7), [0, 3, 1, 2, 3, 1, 44]);
});

test("three are on their way at a time, in order", async () => {
  const { sent, play } = stage();
  play(5);
  assert.deepEqual(sent.map(({ number }) => number), [0, 1, 2]);
  sent[0]!.answer(200);
  await moment();
  assert.deepEqual(sent.map(({ number }) => number), [0, 1, 2, 3]);
});

test("what the server couldn't take is sent again", async () => {
  const { sent, told, play } = stage();
  play(1);
  sent[0]!.answer(503);
  await moment(400);
  assert.deepEqual(sent.map(({ number }) => number), [0, 0]);
  assert.deepEqual(told, []);
});

test("of a version that is over nothing more is sent", async () => {
  const { sent, told, play } = stage();
  play(4);
  sent[1]!.answer(409, { reason: "stale", version: 8, voices: [] });
  await moment();
  sent[0]!.answer(200);
  play(3);
  await moment();
  assert.deepEqual(told, ["stale 8"]);
  assert.equal(sent.length, 3);
});

test("a line that is too slow begins anew instead of falling behind", () => {
  const { told, play } = stage();
  play(20);
  assert.deepEqual(told, ["behind"]);
});

test("where one sends nothing it ends", async () => {
  const { sent, told, play } = stage();
  play(1);
  sent[0]!.answer(404);
  await moment();
  assert.deepEqual(told, ["over"]);
});
