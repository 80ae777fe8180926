// Chat lines on their way: none is lost, none is given up without a word.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToServer } from "../../frontend/jam/protocol";
import { Unsaid } from "../../frontend/jam/unsaid";
import { Time } from "./time";

const time = new Time();

function chat() {
  const sent: string[] = [];
  const room = { open: true, silences: 0, changes: 0 };
  const unsaid = new Unsaid({
    send(frame: ToServer) {
      if (room.open && frame.t === "chat") sent.push(`${frame.ref} ${frame.text}`);
      return room.open;
    },
    silent: () => (room.silences += 1),
    changed: () => (room.changes += 1),
  });
  const say = (text: string): string => {
    unsaid.say(text);
    return unsaid.lines.at(-1)!.ref;
  };
  return { unsaid, sent, room, say };
}

test("a line is sent at once and waits for its acknowledgement", () => {
  const { unsaid, sent, room, say } = chat();
  const ref = say("hello");
  assert.deepEqual(sent, [`${ref} hello`]);
  assert.deepEqual(unsaid.lines, [{ ref, text: "hello", refused: null }]);
  assert.equal(unsaid.settle(ref), true);
  assert.deepEqual(unsaid.lines, []);
  assert.equal(room.changes, 2);
  assert.equal(unsaid.settle(ref), false); // said twice
  assert.equal(room.changes, 2);
});

test("what was written without a connection is sent when the room is back, in order, each under its own ref", () => {
  const { unsaid, sent, room, say } = chat();
  room.open = false;
  const refs = [say("one"), say("two")];
  assert.deepEqual(sent, []);
  room.open = true;
  unsaid.sendAll();
  assert.deepEqual(sent, [`${refs[0]} one`, `${refs[1]} two`]);
  unsaid.settle(refs[0]!);
  unsaid.sendAll();
  assert.deepEqual(sent.slice(2), [`${refs[1]} two`]);
});

test("a connection that answers nothing for eight seconds is dead", async () => {
  const { unsaid, room, say } = chat();
  const ref = say("hello");
  await time.pass(7999);
  assert.equal(room.silences, 0);
  await time.pass(1);
  assert.equal(room.silences, 1);
  unsaid.sendAll();
  unsaid.settle(ref);
  await time.pass(10_000);
  assert.equal(room.silences, 1);
});

test("a line that could not be sent makes no connection dead", async () => {
  const { room, say } = chat();
  room.open = false;
  say("hello");
  await time.pass(10_000);
  assert.equal(room.silences, 0);
});

test("who wrote too much is sent again when the server says", async () => {
  const { unsaid, sent, say } = chat();
  const ref = say("hello");
  assert.equal(unsaid.refused(ref, "too_many", "Slowly.", 4), true);
  await time.pass(3999);
  assert.equal(sent.length, 1);
  await time.pass(1);
  assert.deepEqual(sent, [`${ref} hello`, `${ref} hello`]);
  assert.equal(unsaid.lines[0]!.refused, null);
  unsaid.refused(ref, "too_many", "Slowly.", undefined);
  await time.pass(1000);
  assert.equal(sent.length, 3);
  unsaid.close();
});

test("while the database is away, it is sent again every three seconds, and nobody calls the line dead", async () => {
  const { unsaid, sent, room, say } = chat();
  const ref = say("hello");
  for (let i = 0; i < 5; i += 1) {
    unsaid.refused(ref, "away", "One moment.", undefined);
    await time.pass(3000);
  }
  assert.equal(sent.length, 6);
  assert.equal(room.silences, 0);
  unsaid.close();
});

test("a line that is refused stays with its reason, and is not sent again", async () => {
  const { unsaid, sent, room, say } = chat();
  const ref = say("hello");
  assert.equal(unsaid.refused(ref, "length", "Too long.", undefined), true);
  assert.deepEqual(unsaid.lines, [{ ref, text: "hello", refused: "Too long." }]);
  unsaid.sendAll();
  await time.pass(20_000);
  assert.equal(sent.length, 1);
  assert.equal(room.silences, 0);
  unsaid.drop(ref);
  assert.deepEqual(unsaid.lines, []);
});

test("an error about something else is not ours", () => {
  const { unsaid, room, say } = chat();
  say("hello");
  const { changes } = room;
  assert.equal(unsaid.refused("another", "length", "Too long.", undefined), false);
  assert.equal(room.changes, changes);
  unsaid.close();
});

test("after the end nothing happens any more", async () => {
  const { unsaid, room, say } = chat();
  say("hello");
  unsaid.close();
  await time.pass(20_000);
  assert.equal(room.silences, 0);
});
