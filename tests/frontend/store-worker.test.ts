// The store worker: a take is written as it is captured, sent as it grows, and finished by later pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disk } from "./disk";
import type { CaptureBatch } from "../../frontend/jam/engine/capture-processor";
import { runStoreWorker, type FromStore, type TakeSetup, type ToStore } from "../../frontend/jam/recorder/store-worker";
import type { StemMeta } from "../../frontend/jam/recorder/stem-file";
import { Time, settled, until } from "./time";

const time = new Time();
Math.random = () => 0.5;
// The wall clock and the machine's are the same here.
Date.now = () => time.now;

const RATE = 1000;
const BATCH = 50;
const CHUNK = 5 * RATE * 3;

/** What the server has, by stem. */
const server = { chunks: new Map<string, number[]>(), complete: new Map<string, { frames: number }>(), refuses: 0 };

globalThis.fetch = (async (address: string, init: RequestInit) => {
  const [, stem, what, number] = /stems\/(\w+)\/(?:(chunks|complete)\/(\d*))?/.exec(address)!;
  if (server.refuses) return new Response(null, { status: server.refuses });
  const chunks = server.chunks.get(stem!) ?? [];
  server.chunks.set(stem!, chunks);
  if (what === "chunks") {
    chunks[Number(number)] = (init.body as Uint8Array).length;
    return new Response(null, { status: 204 });
  }
  if (what === "complete") {
    server.complete.set(stem!, JSON.parse(String(init.body)) as { frames: number });
    return Response.json({ state: "stored" });
  }
  return Response.json({ state: "capturing", received: [...chunks.keys()] });
}) as typeof fetch;

function store() {
  const said: FromStore[] = [];
  const scope = {
    onmessage: null as ((event: MessageEvent<ToStore>) => void) | null,
    postMessage(message: FromStore): void {
      said.push(message);
      if (message.t === "site?") tell({ t: "site", stems: "https://jam.example/stems/", csrf: "x" });
    },
  };
  const tell = (data: ToStore): void => scope.onmessage!({ data } as MessageEvent<ToStore>);
  runStoreWorker(scope);
  tell({ t: "site", stems: "https://jam.example/stems/", csrf: "x" });
  tell({ t: "clock", offset: 0 });
  const all = <T extends FromStore["t"]>(t: T) =>
    said.filter((one): one is Extract<FromStore, { t: T }> => one.t === t);
  return { said, tell, all };
}

function clean(): void {
  disk.files.clear();
  disk.open.clear();
  disk.room = Infinity;
  disk.missing = false;
  server.chunks.clear();
  server.complete.clear();
  server.refuses = 0;
  time.now = 100_000;
}

/** An input that sounds as time passes, with this many channels. */
function input(tell: (message: ToStore) => void, channels = 1) {
  const back: ArrayBuffer[] = [];
  const port = {
    onmessage: null as ((event: { data: CaptureBatch }) => void) | null,
    closed: false,
    postMessage: (buffer: ArrayBuffer) => back.push(buffer),
    close(): void {
      this.closed = true;
    },
  };
  tell({ t: "source", port: port as unknown as MessagePort, rate: RATE, channels });
  const zero = time.now;
  let frame = 0;
  const batch = (value = 0.5): void => {
    const sample = (_: unknown, i: number): number => (channels === 2 && i % 2 ? -value / 2 : value);
    const samples = Float32Array.from({ length: BATCH * channels }, sample);
    port.onmessage!({ data: { frame, samples, zeros: new Float64Array(13).fill(zero) } });
    frame += BATCH;
  };
  const play = async (seconds: number): Promise<void> => {
    for (let i = 0; i < (seconds * RATE) / BATCH; i += 1) {
      await time.pass((1000 * BATCH) / RATE);
      batch();
    }
    await settled();
  };
  return { play, batch, back, port };
}

const take = (stem: string, more: Partial<TakeSetup> = {}): TakeSetup => ({
  stem, recording: "r", session: "j", rate: RATE, channels: 1, startsAt: null, endsAt: null, ...more,
});

test("a take is sent while it goes on, ends where it was stopped, and leaves nothing here", async () => {
  clean();
  const { tell, all } = store();
  const { play, back } = input(tell);
  tell({ t: "start", take: take("one") });
  await settled();
  await play(12);
  await until(() => (server.chunks.get("one") ?? []).length === 2);
  assert.deepEqual(server.chunks.get("one"), [CHUNK, CHUNK]);
  assert.ok(disk.files.get("one.pcm")!.length > 2 * CHUNK);
  tell({ t: "stop", stopsAt: time.now - 1000 });
  await until(() => !disk.files.has("one.pcm"));
  assert.deepEqual(server.chunks.get("one"), [CHUNK, CHUNK, 3 * RATE]);
  assert.equal(server.complete.get("one")!.frames, 11 * RATE);
  assert.deepEqual([...disk.files.keys()], [".probe"]);
  assert.equal(all("progress").at(-1)!.progress.state, "stored");
  assert.deepEqual(all("storage"), [{ t: "storage", durable: true }]);
  assert.equal(back.length, (12 * RATE) / BATCH); // every buffer went back
});

test("what is played before the file is open is kept", async () => {
  clean();
  disk.open.add("one.pcm");
  const { tell } = store();
  const { play } = input(tell);
  tell({ t: "start", take: take("one") });
  await play(2);
  disk.open.delete("one.pcm");
  await play(1);
  tell({ t: "stop", stopsAt: null });
  await until(() => server.complete.has("one"));
  assert.equal(server.complete.get("one")!.frames, 3 * RATE);
});

test("a stop that comes before the file is open ends the take all the same", async () => {
  clean();
  disk.open.add("one.pcm");
  const { tell } = store();
  const { play } = input(tell);
  tell({ t: "start", take: take("one") });
  await play(2);
  tell({ t: "stop", stopsAt: null });
  disk.open.delete("one.pcm");
  await time.pass(1000);
  await until(() => server.complete.has("one"));
  assert.equal(server.complete.get("one")!.frames, 2 * RATE);
});

test("a take without a frame leaves nothing anywhere", async () => {
  clean();
  const { tell } = store();
  input(tell);
  tell({ t: "start", take: take("one") });
  await time.pass(1000);
  tell({ t: "stop", stopsAt: null });
  await until(() => !disk.files.has("one.pcm"));
  assert.equal(server.complete.size, 0);
  assert.deepEqual([...disk.files.keys()], [".probe"]);
});

test("a take ends by itself at its latest end, and says so", async () => {
  clean();
  const { tell, all } = store();
  const { play } = input(tell);
  tell({ t: "start", take: take("one", { endsAt: time.now + 3000 }) });
  await settled();
  await play(5);
  await until(() => server.complete.has("one"));
  assert.equal(server.complete.get("one")!.frames, 3 * RATE);
  assert.deepEqual(all("problem"), [{ t: "problem", reason: "limit" }]);
});

test("a stop waits for sound that is on its way, and for nothing else", async () => {
  clean();
  const { tell, all } = store();
  const { play, batch } = input(tell);
  tell({ t: "start", take: take("one") });
  await settled();
  await play(2);
  tell({ t: "stop", stopsAt: time.now + 500 });
  const said = (name: string): string => new TextDecoder().decode(disk.files.get(name));
  const ended = (): boolean =>
    server.complete.has("one") || `${said("one.a.json")}${said("one.b.json")}`.includes('"ended"');
  await time.pass(4499);
  assert.equal(ended(), false);
  batch(); // late: there may be more
  await time.pass(500);
  assert.equal(ended(), false);
  await time.pass(1);
  assert.equal(ended(), true);
  await until(() => server.complete.has("one"));
  assert.equal(server.complete.get("one")!.frames, 2 * RATE + BATCH);
  assert.deepEqual(all("problem"), []);
});

test("a full disk ends the stem, and what was captured is sent", async () => {
  clean();
  const { error } = console;
  console.error = () => undefined;
  const { tell, all } = store();
  const { play } = input(tell);
  tell({ t: "start", take: take("one") });
  await settled();
  await play(2);
  disk.room = 0;
  await play(1);
  await until(() => server.complete.has("one"));
  console.error = error;
  assert.equal(server.complete.get("one")!.frames, 2 * RATE);
  assert.deepEqual(all("problem"), [{ t: "problem", reason: "diskFull" }]);
});

test("lost frames are said with the time of all of them", async () => {
  clean();
  const { tell, all } = store();
  const { play } = input(tell);
  tell({ t: "start", take: take("one") });
  await settled();
  await play(2);
  await time.pass(500);
  const other = input(tell);
  await other.play(2);
  assert.deepEqual(all("lost"), [{ t: "lost", recording: "r", ms: 500 }]);
  tell({ t: "stop", stopsAt: null });
  await until(() => server.complete.has("one"));
});

test("another input has the channels that the stem has", async () => {
  for (const [stem, from, to, first] of [["one", 2, 1, 0.125], ["two", 1, 2, 0.5]] as const) {
    clean();
    server.refuses = 404; // so that the copy stays
    const { tell } = store();
    const before = input(tell, from);
    tell({ t: "start", take: take(stem, { channels: to }) });
    await settled();
    await before.play(2);
    tell({ t: "stop", stopsAt: null });
    await until(() => !disk.open.has(`${stem}.pcm`));
    const bytes = disk.files.get(`${stem}.pcm`)!;
    assert.equal(bytes.length, 2 * RATE * 3 * to);
    assert.equal(((bytes[2]! << 16) | (bytes[1]! << 8) | bytes[0]!) / 8_388_608, first);
    if (to === 2) assert.deepEqual([...bytes.subarray(0, 3)], [...bytes.subarray(3, 6)]);
  }
});

test("an input of another rate than the stem's can't go on with it", async () => {
  clean();
  const meta: StemMeta = {
    stem: "one", recording: "r", session: "j", rate: 2 * RATE, channels: 1, state: "capturing",
    clock: [[0, 1000]], generation: 1,
  };
  disk.files.set("one.a.json", new TextEncoder().encode(JSON.stringify(meta)));
  disk.files.set("one.pcm", new Uint8Array(300));
  const { tell, all } = store();
  tell({ t: "start", take: take("one") });
  await time.pass(100);
  assert.deepEqual(all("problem"), [{ t: "problem", reason: "format" }]);
  assert.equal(disk.files.get("one.pcm")!.length, 300);
});

/** A stem that an earlier page left here. */
function left(stem: string, frames: number, more: Partial<StemMeta> = {}): void {
  const meta: StemMeta = {
    stem, recording: "r", session: "j", rate: RATE, channels: 1, state: "capturing", clock: [[0, 1000]],
    generation: 1, ...more,
  };
  disk.files.set(`${stem}.a.json`, new TextEncoder().encode(JSON.stringify(meta)));
  disk.files.set(`${stem}.pcm`, new Uint8Array(3 * frames + 1)); // and a part of a frame
}

test("stems that earlier pages left are sent and go; empty ones just go", async () => {
  clean();
  left("one", 7 * RATE);
  left("two", 0);
  left("three", 100, { clock: [] });
  const { tell } = store();
  tell({ t: "resume", hold: null });
  await until(() => ["one", "two", "three"].every((stem) => !disk.files.has(`${stem}.pcm`)));
  assert.deepEqual([...server.complete].map(([stem, { frames }]) => [stem, frames]), [["one", 7 * RATE]]);
  assert.deepEqual(server.chunks.get("one"), [CHUNK, 2 * RATE * 3]);
});

test("a stem of the room one is in is sent but not ended, until the room says so", async () => {
  clean();
  left("one", 7 * RATE);
  left("two", 7 * RATE, { session: "another" });
  const { tell } = store();
  tell({ t: "resume", hold: "j" });
  await until(() => server.complete.has("two"));
  await until(() => (server.chunks.get("one") ?? []).length === 1);
  await time.pass(1000);
  assert.equal(server.complete.has("one"), false);
  tell({ t: "resume", hold: null });
  await until(() => server.complete.has("one"));
  assert.equal(server.complete.get("one")!.frames, 7 * RATE);
});

test("a take that goes on takes over what is being sent of its earlier part", async () => {
  clean();
  left("one", 7 * RATE, { clock: [[0, time.now - 8000], [7 * RATE, time.now - 1000]] });
  const { tell } = store();
  tell({ t: "resume", hold: "j" });
  await until(() => (server.chunks.get("one") ?? []).length === 1);
  const { play } = input(tell);
  tell({ t: "start", take: take("one") });
  await time.pass(100);
  await play(2);
  tell({ t: "stop", stopsAt: null });
  await until(() => server.complete.has("one"));
  assert.equal(server.complete.get("one")!.frames, 10 * RATE); // a second passed between
});

test("what lies here is listed, saved as a WAV file, and removed", async () => {
  clean();
  left("one", 7 * RATE);
  const { tell, all } = store();
  tell({ t: "list" });
  await until(() => all("list").length === 1);
  const [kept] = all("list")[0]!.stems;
  assert.equal(kept!.stem, "one");
  assert.equal(Math.round(kept!.seconds), 7);
  tell({ t: "file", stem: "one" });
  tell({ t: "file", stem: "none" });
  await until(() => all("file").length === 2);
  assert.deepEqual(all("file").map(({ stem, wav }) => [stem, wav && wav.size]).sort(), [
    ["none", null], ["one", 44 + 3 * 7 * RATE + 1],
  ]);
  tell({ t: "remove", stem: "one" });
  await until(() => all("list").length === 2);
  assert.deepEqual(all("list")[1]!.stems, []);
});

test("a refused stem in memory is saved as it ended: nothing of after the take's end", async () => {
  clean();
  disk.missing = true;
  server.refuses = 404;
  const { tell, all } = store();
  const { play } = input(tell);
  tell({ t: "start", take: take("one") });
  await settled();
  await play(4);
  tell({ t: "stop", stopsAt: time.now - 1000 });
  await settled();
  await until(() => all("progress").some(({ progress }) => progress.state === "gone"));
  await settled();
  tell({ t: "file", stem: "one" });
  await until(() => all("file").length === 1);
  assert.deepEqual(all("storage"), [{ t: "storage", durable: false }]);
  assert.equal(all("file")[0]!.wav!.size, 44 + 3 * 3 * RATE);
});
