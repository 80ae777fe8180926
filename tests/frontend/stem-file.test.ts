// Stems on this machine: in the private file system where there is one, in memory where there is none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disk } from "./disk";
import {
  hasPrivateFiles, localStems, openStem, removeStem, soundOf, stemMeta, type StemMeta,
} from "../../frontend/jam/recorder/stem-file";
import { holdsStem } from "../../frontend/jam/recorder/held";
import { settled, Time } from "./time";

const time = new Time();

const meta = (clock: [number, number][] = []): StemMeta => ({
  stem: "one", recording: "r", session: "j", rate: 48_000, channels: 1, state: "capturing", clock, generation: 0,
});

function clean(): void {
  disk.files.clear();
  disk.open.clear();
  disk.room = Infinity;
  disk.missing = false;
  disk.readonly = false;
}

const text = (name: string): unknown => JSON.parse(Buffer.from(disk.files.get(name)!).toString());

test("what is written lies behind what was there, and is read from anywhere", async () => {
  clean();
  const file = await openStem("one");
  assert.equal(file.durable, true);
  file.write(Uint8Array.of(1, 2, 3));
  file.write(Uint8Array.of(4, 5));
  assert.equal(file.size(), 5);
  assert.deepEqual([...file.read(1, 3)], [2, 3, 4]);
  assert.deepEqual([...file.read(3, 100)], [4, 5]);
  assert.deepEqual([...file.read(9, 4)], []);
  file.truncate(2);
  assert.deepEqual([...file.read(0, 100)], [1, 2]);
  file.close();
  const again = await openStem("one");
  again.write(Uint8Array.of(9));
  assert.deepEqual([...again.read(0, 100)], [1, 2, 9]);
});

test("a full disk says so, as browsers do", async () => {
  clean();
  const file = await openStem("one");
  disk.room = 4;
  file.write(Uint8Array.of(1, 2, 3));
  assert.throws(() => file.write(Uint8Array.of(4, 5)), { name: "QuotaExceededError" });
});

test("descriptions are written in turn, so that one is whole whenever the tab is killed", async () => {
  clean();
  const file = await openStem("one");
  const mine = meta();
  await file.saveMeta(mine);
  assert.equal((text("one.a.json") as StemMeta).generation, 1);
  mine.clock.push([0, 1000]);
  await file.saveMeta(mine);
  assert.deepEqual((text("one.a.json") as StemMeta).clock, []);
  assert.deepEqual((text("one.b.json") as StemMeta).clock, [[0, 1000]]);
  mine.clock.push([5, 2000]);
  await file.saveMeta(mine);
  assert.deepEqual(await stemMeta("one"), { ...meta([[0, 1000], [5, 2000]]), generation: 3 });
});

test("a half-written description is passed over for the one before it", async () => {
  clean();
  const file = await openStem("one");
  const mine = meta();
  await file.saveMeta(mine);
  await file.saveMeta(mine);
  disk.files.set("one.b.json", disk.files.get("one.b.json")!.slice(0, 20));
  assert.equal((await stemMeta("one"))!.generation, 1);
  disk.files.set("one.a.json", new Uint8Array(0));
  assert.equal(await stemMeta("one"), null);
});

test("a shorter description leaves nothing of a longer one behind", async () => {
  clean();
  const file = await openStem("one");
  const long = meta(Array.from({ length: 50 }, (_, i) => [i, i]));
  await file.saveMeta(long);
  await file.saveMeta({ ...meta(), generation: 2 });
  assert.deepEqual(text("one.a.json"), { ...meta(), generation: 3 });
});

test("a description that can't be written leaves its file closed", async () => {
  clean();
  const file = await openStem("one");
  const mine = { ...meta(), toJSON: () => { throw new Error("no"); } };
  await assert.rejects(file.saveMeta(mine), { message: "no" });
  assert.deepEqual([...disk.open], ["one.pcm"]);
});

test("a file that a killed tab still holds is waited for", async () => {
  clean();
  disk.open.add("one.pcm");
  let opened = false;
  void openStem("one").then(() => (opened = true));
  await time.pass(1000);
  assert.equal(opened, false);
  disk.open.delete("one.pcm");
  await time.pass(150);
  assert.equal(opened, true);
});

test("after three seconds it is not waited for any more", async () => {
  clean();
  disk.open.add("one.pcm");
  let problem = "";
  openStem("one").catch((one: Error) => (problem = one.message));
  await time.pass(20 * 150 - 1);
  assert.equal(problem, "");
  await time.pass(1);
  await settled();
  assert.equal(problem, "NoModificationAllowedError");
});

test("a stem that goes leaves nothing of it, and nothing else", async () => {
  clean();
  const other = await openStem("two");
  other.write(Uint8Array.of(1));
  for (const how of ["by its file", "by its name"]) {
    const file = await openStem("one");
    await file.saveMeta(meta());
    if (how === "by its file") await file.remove();
    else {
      file.close();
      await removeStem("one");
    }
    assert.deepEqual([...disk.files.keys()].sort(), [".probe", "two.pcm"], how);
  }
});

test("stems that lie here are found by their sound", async () => {
  clean();
  await (await openStem("one")).saveMeta(meta());
  await openStem("two");
  assert.deepEqual((await localStems()).sort(), ["one", "two"]);
  assert.equal(await holdsStem("one"), true);
  assert.equal(await holdsStem("three"), false);
  assert.equal((await soundOf("one"))!.size, 0);
  assert.equal(await soundOf("three"), null);
  assert.equal(await stemMeta("three"), null);
});

test("where there are no private files, nothing lies here and nothing fails", async () => {
  for (const lack of ["missing", "readonly"] as const) {
    clean();
    disk.files.set("one.pcm", Uint8Array.of(1));
    disk[lack] = true;
    assert.equal(await hasPrivateFiles(), false);
    assert.deepEqual(await localStems(), []);
    assert.equal(await stemMeta("one"), null);
    assert.equal((await openStem("one")).durable, false);
  }
});

// ---- in memory ---------------------------------------------------------------------------------------

async function inMemory() {
  clean();
  disk.missing = true;
  return openStem("one");
}

test("memory is written and read like a file", async () => {
  const file = await inMemory();
  const bytes = Uint8Array.of(1, 2, 3);
  file.write(bytes);
  bytes.fill(0); // its buffer is used again
  file.write(Uint8Array.of(4, 5));
  file.write(Uint8Array.of(6));
  assert.equal(file.size(), 6);
  assert.deepEqual([...file.read(0, 6)], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...file.read(2, 2)], [3, 4]);
  assert.deepEqual([...file.read(4, 100)], [5, 6]);
  assert.deepEqual([...file.read(7, 1)], []);
});

test("what is cut off memory is gone: a take's sound after its end is nobody's", async () => {
  const file = await inMemory();
  file.write(Uint8Array.of(1, 2, 3));
  file.write(Uint8Array.of(4, 5));
  file.truncate(4);
  assert.equal(file.size(), 4);
  assert.deepEqual([...file.read(0, 100)], [1, 2, 3, 4]);
  file.truncate(2);
  file.write(Uint8Array.of(9));
  assert.deepEqual([...file.read(0, 100)], [1, 2, 9]);
  file.truncate(100);
  assert.equal(file.size(), 3);
});

test("memory that is removed is empty", async () => {
  const file = await inMemory();
  file.write(Uint8Array.of(1, 2, 3));
  await file.saveMeta(meta());
  await file.remove();
  assert.equal(file.size(), 0);
  assert.deepEqual([...file.read(0, 3)], []);
});
