// The socket of conversations and notices: it comes back by itself, and at once when somebody looks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket, newest, online, page } from "./websocket";
import { LiveSocket } from "../../frontend/elements/live-socket";
import { Time } from "./time";

const time = new Time();
Math.random = () => 1;

function live() {
  FakeSocket.made = [];
  page.hidden = false;
  const frames: unknown[] = [];
  const changes: boolean[] = [];
  const socket = new LiveSocket("/ws/chat/1/", (frame) => frames.push(frame), (open) => changes.push(open));
  socket.open();
  return { socket, frames, changes };
}

const looks = (): boolean => page.dispatchEvent(new Event("visibilitychange"));

test("a path on this site becomes the address of a secure socket", () => {
  const { socket, changes } = live();
  assert.equal(newest().address, "wss://jam.example/ws/chat/1/");
  newest().opens();
  assert.equal(socket.isOpen, true);
  assert.deepEqual(changes, [true]);
  socket.close();
});

test("frames come through, and what is no JSON is passed over", () => {
  const { socket, frames } = live();
  newest().opens();
  newest().says("{");
  newest().says('{"t":"ack"}');
  assert.deepEqual(frames, [{ t: "ack" }]);
  socket.send({ t: "send" });
  assert.deepEqual(newest().sent, [{ t: "send" }]);
  socket.close();
});

test("what is sent without a connection is not sent", () => {
  const { socket } = live();
  socket.send({ t: "send" });
  newest().opens();
  assert.deepEqual(newest().sent, []);
  socket.close();
});

test("it waits twice as long each time, up to 15 seconds, and begins anew once it was open", async () => {
  const { socket } = live();
  const waits: number[] = [];
  const wait = async (): Promise<void> => {
    newest().ends(1006);
    const from = time.now;
    const before = FakeSocket.made.length;
    while (FakeSocket.made.length === before) await time.pass(100);
    waits.push(time.now - from);
  };
  for (let i = 0; i < 7; i += 1) await wait();
  newest().opens();
  await wait();
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 500]);
  socket.close();
});

test("with the network, or a look at the page, it connects at once; a hidden page waits", async () => {
  for (const happens of [online, looks]) {
    const { socket } = live();
    newest().ends(1006);
    page.hidden = true;
    happens();
    assert.equal(FakeSocket.made.length, 1);
    page.hidden = false;
    happens();
    happens(); // it is connecting already
    newest().opens();
    happens();
    await time.pass(20_000);
    assert.equal(FakeSocket.made.length, 2);
    socket.close();
  }
});

test("where one may not be any more, it stays away", async () => {
  for (const code of [4404, 4409]) {
    const { changes } = live();
    newest().opens();
    newest().ends(code);
    online();
    looks();
    await time.pass(60_000);
    assert.equal(FakeSocket.made.length, 1);
    assert.deepEqual(changes, [true, false]);
  }
});

test("a silent connection is made anew, and its late end counts no more", async () => {
  const { socket, changes } = live();
  newest().opens();
  const silent = newest();
  socket.renew();
  assert.equal(silent.readyState, FakeSocket.CLOSED);
  newest().opens();
  silent.ends(1006);
  await time.pass(20_000);
  assert.equal(FakeSocket.made.length, 2);
  assert.deepEqual(changes, [true, false, true]);
  socket.close();
});

test("once closed, it stays closed, until it is opened again", async () => {
  const { socket } = live();
  newest().ends(1006);
  socket.close();
  online();
  await time.pass(20_000);
  assert.equal(FakeSocket.made.length, 1);
  socket.open();
  assert.equal(FakeSocket.made.length, 2);
  socket.close();
});
