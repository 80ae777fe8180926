// The room's WebSocket: it comes back, it keeps to the server's limit, and it knows when to stay away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket, newest, online } from "./websocket";
import { RoomSocket, type SocketState } from "../../frontend/jam/socket";
import { Time } from "./time";

const time = new Time();
Math.random = () => 0.5;

function room() {
  FakeSocket.made = [];
  const states: [SocketState, number | null][] = [];
  const frames: unknown[] = [];
  let opened = 0;
  const socket = new RoomSocket("wss://jam.example/ws/jam/1/", {
    state: (state, code) => states.push([state, code]),
    open: () => (opened += 1),
    frame: (frame) => frames.push(frame),
  });
  socket.connect();
  return { socket, states, frames, opened: () => opened };
}

const probe = (t0: number) => ({ t: "clock", t0 }) as const;

test("it connects, says so, and passes frames on", () => {
  const { socket, states, frames, opened } = room();
  assert.equal(newest().address, "wss://jam.example/ws/jam/1/");
  assert.equal(socket.open, false);
  newest().opens();
  assert.equal(socket.open, true);
  assert.equal(opened(), 1);
  newest().says('{"t":"waiting"}');
  assert.deepEqual(frames, [{ t: "waiting" }]);
  assert.deepEqual(states, [["connecting", null], ["open", null]]);
  socket.close();
});

test("a frame that is no JSON ends nothing", () => {
  const { socket, frames } = room();
  const { error } = console;
  console.error = () => undefined;
  newest().opens();
  newest().says("{");
  newest().says('{"t":"missed"}');
  console.error = error;
  assert.deepEqual(frames, [{ t: "missed" }]);
  socket.close();
});

test("what is said without a connection is not kept: the room is rebuilt from its welcome", () => {
  const { socket } = room();
  assert.equal(socket.send(probe(1)), false);
  newest().opens();
  assert.deepEqual(newest().sent, []);
  assert.equal(socket.send(probe(2)), true);
  assert.deepEqual(newest().sent, [probe(2)]);
  socket.close();
});

test("a lost connection is made anew, later each time, up to 15 seconds", async () => {
  const { socket, states } = room();
  const waits: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    newest().ends(1006);
    const from = time.now;
    const before = FakeSocket.made.length;
    while (FakeSocket.made.length === before) await time.pass(100);
    waits.push(time.now - from);
  }
  assert.deepEqual(waits, [400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
  assert.deepEqual(states.slice(0, 3), [["connecting", null], ["waiting", 1006], ["connecting", null]]);
  newest().opens();
  newest().ends(1006);
  const before = FakeSocket.made.length;
  await time.pass(399);
  assert.equal(FakeSocket.made.length, before);
  await time.pass(1);
  assert.equal(FakeSocket.made.length, before + 1);
  socket.close();
});

test("waits differ from page to page: not all come back in the same moment", async () => {
  for (const [chance, ms] of [[0, 280], [0.999_999, 520]] as const) {
    const { socket } = room();
    Math.random = () => chance;
    newest().ends(1006);
    await time.pass(ms - 1);
    assert.equal(FakeSocket.made.length, 1);
    await time.pass(1);
    assert.equal(FakeSocket.made.length, 2);
    socket.close();
  }
  Math.random = () => 0.5;
});

test("back on the network, it connects at once, and once", async () => {
  const { socket } = room();
  newest().ends(1006);
  online();
  assert.equal(FakeSocket.made.length, 2);
  online();
  await time.pass(20_000);
  assert.equal(FakeSocket.made.length, 2);
  socket.close();
});

test("it stays away from a room that is gone or open in another tab, also when the network comes back", async () => {
  for (const code of [4404, 4409]) {
    const { socket, states } = room();
    newest().opens();
    newest().ends(code);
    assert.deepEqual(states.at(-1), ["ended", code]);
    await time.pass(60_000);
    online();
    assert.equal(FakeSocket.made.length, 1);
    assert.equal(socket.send(probe(1)), false);
  }
});

test("no more than 40 frames go out in a second; what is more waits its turn", async () => {
  const { socket } = room();
  newest().opens();
  for (let i = 0; i < 100; i += 1) socket.send(probe(i));
  assert.equal(newest().sent.length, 40);
  await time.pass(990);
  assert.equal(newest().sent.length, 40);
  await time.pass(60);
  assert.equal(newest().sent.length, 80);
  await time.pass(1100);
  assert.deepEqual(newest().sent, Array.from({ length: 100 }, (_, i) => probe(i)));
  socket.close();
});

test("what waited for its turn is not said on the next connection", async () => {
  const { socket } = room();
  newest().opens();
  for (let i = 0; i < 50; i += 1) socket.send(probe(i));
  newest().ends(1006);
  await time.pass(2000);
  newest().opens();
  await time.pass(5000);
  assert.deepEqual(newest().sent, []);
  socket.close();
});

test("a silent connection is closed and made anew at once; its late words and end count no more", async () => {
  const { socket, states } = room();
  newest().opens();
  const silent = newest();
  socket.renew();
  assert.equal(silent.readyState, FakeSocket.CLOSED);
  assert.equal(FakeSocket.made.length, 2);
  assert.deepEqual(states.slice(2), [["waiting", null], ["connecting", null]]);
  silent.ends(1006);
  await time.pass(20_000);
  assert.equal(FakeSocket.made.length, 2);
  assert.equal(states.length, 4);
  socket.close();
});

test("while it waits there is nothing to make anew", () => {
  const { socket } = room();
  newest().ends(1006);
  socket.renew();
  assert.equal(FakeSocket.made.length, 1);
  socket.close();
});

test("once closed, it stays closed", async () => {
  const { socket } = room();
  newest().opens();
  for (let i = 0; i < 50; i += 1) socket.send(probe(i));
  socket.close();
  assert.equal(newest().closedWith, 1000);
  newest().ends(1000);
  online();
  socket.renew();
  await time.pass(20_000);
  assert.equal(FakeSocket.made.length, 1);
  assert.equal(newest().sent.length, 40);
  assert.equal(time.timers, 0);
});
