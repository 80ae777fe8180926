// What was said: one stretch without a gap, whatever was missed, deleted or hidden meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatLog } from "../../frontend/jam/chat-log";
import type { ChatMessage } from "../../frontend/jam/protocol";

const line = (n: number): ChatMessage => ({
  id: `line${n}`, ref: `ref${n}`, user: "u", name: "anna", text: `${n}`, at: new Date(n * 1000).toISOString(),
});
const lines = (from: number, to: number): ChatMessage[] =>
  Array.from({ length: to - from + 1 }, (_, n) => line(from + n));
const texts = (log: ChatLog): string => log.lines.map((one) => one.text).join(" ");

test("a line is there once, however often it comes", () => {
  const log = new ChatLog();
  log.renew(lines(1, 2), false);
  log.add(line(3));
  log.add(line(3));
  assert.equal(texts(log), "1 2 3");
});

test("after a short break what was missed is there, and the earlier lines stay", () => {
  const log = new ChatLog();
  log.renew(lines(5, 8), true);
  log.earlier(lines(1, 4), false);
  log.renew(lines(6, 10), true);
  assert.equal(texts(log), "1 2 3 4 5 6 7 8 9 10");
  assert.equal(log.more, false); // nothing before the first
});

test("after a long break nothing seems whole that isn't: the earlier lines are asked for anew", () => {
  const log = new ChatLog();
  log.renew(lines(1, 4), false);
  log.renew(lines(9, 12), true);
  assert.deepEqual([texts(log), log.more], ["9 10 11 12", true]);
  log.earlier(lines(5, 9), true);
  assert.deepEqual([texts(log), log.more], ["5 6 7 8 9 10 11 12", true]);
});

test("what was deleted or hidden while the connection was away is gone", () => {
  const log = new ChatLog();
  log.renew(lines(1, 4), false);
  log.renew([line(2), line(4)], false);
  assert.equal(texts(log), "2 4");
  log.gone("line2");
  log.gone("never there");
  assert.equal(texts(log), "4");
  log.renew([], false);
  assert.deepEqual([texts(log), log.more], ["", false]);
});
