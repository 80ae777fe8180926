// What is played from: nothing that somebody wrote is lost, whoever wrote meanwhile and whatever the network did.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SheetLine, ToServer } from "../../frontend/jam/protocol";
import { hasFlats, isChord, readLine, transposed } from "../../frontend/jam/sheets/charts";
import { Sheets } from "../../frontend/jam/sheets/sheets";
import cases from "../sessions_app/charts.json";
import { Time } from "./time";

const time = new Time();
const SHEET = "sheet1";

function desk() {
  const sent: ToServer[] = [];
  const net = { open: true };
  const sheets = new Sheets(
    (frame) => {
      if (net.open) sent.push(frame);
      return net.open;
    },
    () => undefined,
  );
  const line = (ref: string, text: string, version = 1, place = 1): SheetLine => ({ ref, text, place, version, name: "ben" });
  const tell = (one: SheetLine): void => sheets.take({ t: "line", sheet: SHEET, ...one });
  const look = (...lines: SheetLine[]): void => {
    sheets.look(SHEET);
    sheets.take({ t: "sheet", id: SHEET, lines });
    sent.length = 0;
  };
  const puts = (): string[] =>
    sent.flatMap((one) => (one.t === "line.put" ? [`${one.version} ${one.text}`] : one.t === "line.cut" ? [`cut ${one.version}`] : []));
  const shown = (): string[] => sheets.rows.map((row) => row.draft ?? row.line?.text ?? "");
  return { sheets, sent, net, line, tell, look, puts, shown };
}

test("chords, bars and parts are read as the server reads them", async () => {
  assert.deepEqual(cases.chords.filter((one) => !isChord(one)), []);
  assert.deepEqual(cases.no_chords.filter((one) => isChord(one)), []);
  for (const [line, read] of cases.lines) assert.deepEqual(readLine(line as string), read, line as string);
});

test("a chord is the same in another key, and what is none stays", async () => {
  for (const [chord, by, flats, want] of cases.transposed) {
    assert.equal(transposed(chord as string, by as number, flats as boolean), want);
  }
  assert.equal(transposed("Cb", 1, false), "C");
  assert.equal(transposed("E#", -1, false), "E");
  assert.deepEqual([hasFlats("f-major", []), hasFlats("", ["[Bb]a [Eb]b [F#]c"]), hasFlats("", ["[F#]c"])], [true, true, false]);
});

test("what is written is sent after a pause, once, and settled by the room", async () => {
  const { sheets, look, line, puts, tell } = desk();
  look(line("a", "old"));
  sheets.write("a", "new");
  sheets.write("a", "newer ");
  assert.deepEqual(puts(), []);
  await time.pass(700);
  assert.deepEqual([puts(), sheets.unsaved], [["1 newer"], true]);
  tell(line("a", "newer", 2));
  assert.equal(sheets.unsaved, false);
});

test("what is typed while a word is on its way follows it, and is no quarrel with oneself", async () => {
  const { sheets, look, line, puts, tell, shown } = desk();
  look(line("a", "old"));
  sheets.write("a", "one");
  await time.pass(700);
  sheets.write("a", "one two");
  await time.pass(700);
  assert.deepEqual(puts(), ["1 one"]);
  tell(line("a", "one", 2));
  assert.deepEqual([shown(), sheets.row("a")?.meanwhile], [["one two"], null]);
  await time.pass(700);
  assert.deepEqual(puts(), ["1 one", "2 one two"]);
});

test("somebody else was quicker: both texts stay until one is chosen", async () => {
  const { sheets, look, line, puts, tell, shown } = desk();
  look(line("a", "old"));
  sheets.write("a", "mine");
  tell(line("a", "theirs", 2));
  await time.pass(9000);
  assert.deepEqual([puts(), shown(), sheets.row("a")?.meanwhile?.line?.text], [[], ["mine"], "theirs"]);
  sheets.choose("a", true);
  await time.pass(1);
  assert.deepEqual(puts(), ["2 mine"]);
  sheets.take({ t: "stale", for: "line.put", ref: "a", line: line("a", "theirs again", 3) });
  sheets.choose("a", false);
  assert.deepEqual([shown(), sheets.unsaved], [["theirs again"], false]);
});

test("a line that was deleted meanwhile can be put in anew, or given up", async () => {
  const { sheets, look, line, puts, shown } = desk();
  look(line("a", "one"), line("b", "two", 1, 2));
  sheets.write("a", "mine");
  sheets.write("b", "mine too");
  sheets.take({ t: "line.gone", sheet: SHEET, ref: "a" });
  sheets.take({ t: "stale", for: "line.put", ref: "b", line: null });
  assert.equal(sheets.rows.filter((row) => row.meanwhile?.line === null).length, 2);
  const [first, second] = sheets.rows.map((row) => row.ref);
  sheets.choose(first!, true);
  sheets.choose(second!, false);
  await time.pass(700);
  assert.equal(shown().length, 1);
  assert.equal(puts().length, 1);
  assert.ok(puts()[0]?.startsWith("0 mine"));
});

test("nothing is lost while the connection is away, and nothing doubled by sending again", async () => {
  const { sheets, look, line, net, puts, shown } = desk();
  look(line("a", "old"));
  net.open = false;
  sheets.write("a", "new");
  const ref = sheets.add("second", "a");
  await time.pass(700);
  assert.deepEqual([puts(), shown()], [[], ["new", "second"]]);
  net.open = true;
  sheets.take({ t: "sheet", id: SHEET, lines: [line("a", "new", 2)] }); // stored, and its answer was lost
  await time.pass(1);
  assert.deepEqual(puts(), ["0 second"]);
  await time.pass(8000); // no answer: the same again
  assert.deepEqual(puts(), ["0 second", "0 second"]);
  sheets.take({ t: "line", sheet: SHEET, ...line(ref, "second", 1, 2) });
  assert.deepEqual([shown(), sheets.unsaved], [["new", "second"], false]);
});

test("lines stand in the order of the room, one's own new ones where they were written", async () => {
  const { sheets, look, line, tell, shown } = desk();
  look(line("a", "A", 1, 1), line("c", "C", 1, 3));
  sheets.add("B", "a");
  tell(line("d", "D", 1, 4));
  assert.deepEqual(shown(), ["A", "B", "C", "D"]);
  sheets.cut("c");
  assert.deepEqual(shown(), ["A", "B", "D"]);
  sheets.take({ t: "stale", for: "line.cut", ref: "c", line: line("c", "C, changed", 2, 3) });
  assert.deepEqual(shown(), ["A", "B", "C, changed", "D"]);
});

test("what the room refuses stays, with its reason; a full budget waits", async () => {
  const { sheets, look, line, puts } = desk();
  look(line("a", "old"));
  sheets.write("a", "half \ud83d");
  await time.pass(700);
  sheets.take({ t: "error", code: "text", text: "It holds half of a character.", for: "line.put", ref: "a" });
  assert.equal(sheets.row("a")?.refused, "It holds half of a character.");
  await time.pass(20_000);
  assert.equal(puts().length, 1);
  sheets.write("a", "whole");
  await time.pass(700);
  sheets.take({ t: "error", code: "too_many", text: "", for: "line.put", ref: "a", wait: 3 });
  await time.pass(3000);
  assert.deepEqual(puts().slice(1), ["1 whole", "1 whole"]);
});

test("a sheet that is left is written to the end first", async () => {
  const { sheets, look, line, sent } = desk();
  look(line("a", "old"));
  sheets.write("a", "new");
  sheets.look("another");
  assert.deepEqual(sent.map((one) => one.t), ["line.put", "sheet.open"]);
});

test("a song pasted whole goes line by line, each behind one that the room has", async () => {
  const { sheets, look, line, sent, shown } = desk();
  look(line("a", "first"));
  let last = "a";
  const refs = ["one", "", "two"].map((text) => (last = sheets.add(text, last)));
  const wait = async (): Promise<string[]> => {
    await time.pass(700);
    return sent.splice(0).flatMap((one) => (one.t === "line.put" ? [`${one.after === "a" ? "a" : refs.indexOf(one.after ?? "")}:${one.text}`] : []));
  };
  assert.deepEqual(await wait(), ["a:one"]);
  sheets.take({ t: "line", sheet: SHEET, ...line(refs[0]!, "one", 1, 2) });
  assert.deepEqual(await wait(), ["0:"]);
  sheets.take({ t: "error", code: "too_many", text: "", for: "line.put", ref: refs[1]!, wait: 2 });
  assert.deepEqual(await wait(), []);
  await time.pass(1300);
  assert.deepEqual(await wait(), ["0:"]);
  sheets.take({ t: "error", code: "refused", text: "No.", for: "line.put", ref: refs[1]! });
  assert.deepEqual(await wait(), ["0:two"]); // what stands before it will not be there
  assert.deepEqual(shown(), ["first", "one", "", "two"]);
});

test("an empty line at the end is nobody's news", async () => {
  const { sheets, look, line, puts } = desk();
  look(line("a", "first"));
  const empty = sheets.add("", "a");
  await time.pass(20_000);
  assert.deepEqual([puts(), sheets.unsaved], [[], false]);
  const next = sheets.add("third", empty);
  await time.pass(700);
  assert.deepEqual([puts(), sheets.unsaved], [["0 "], true]);
  sheets.take({ t: "line", sheet: SHEET, ...line(empty, "", 1, 2) });
  await time.pass(1);
  assert.deepEqual(puts(), ["0 ", "0 third"]);
  sheets.take({ t: "line", sheet: SHEET, ...line(next, "third", 1, 3) });
  assert.equal(sheets.unsaved, false);
});
