// A stem's way to the server: numbered chunks, again and again until it has them all, and never less.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StemFile, StemMeta } from "../../frontend/jam/recorder/stem-file";
import { Uploader, type Progress } from "../../frontend/jam/recorder/uploader";
import { Time, until } from "./time";

const time = new Time();
Math.random = () => 0.5; // every wait is exactly what it is on average

const RATE = 100; // a chunk: five seconds, 500 frames, 1500 bytes
const CHUNK = 1500;

interface Call {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  signal: AbortSignal;
}

type Answer = { status: number; json?: unknown; headers?: Record<string, string> } | "offline" | "never";

const servers: Server[] = [];

globalThis.fetch = ((address: string, init: RequestInit) => {
  const [, server, path] = /^\/site-(\d+)\/one\/(.*)$/.exec(address)!;
  return servers[Number(server)]!.fetch(path!, init);
}) as typeof fetch;

/** A server that answers what a test says, and else as a good one would. */
class Server {
  readonly stems = `/site-${servers.push(this) - 1}/`;
  readonly calls: Call[] = [];
  readonly chunks = new Map<number, Uint8Array>();
  state = "capturing";
  stem: Record<string, unknown> = {};
  completed: Record<string, unknown> | null = null;
  /** Answers for coming calls, by the beginning of "METHOD path". */
  readonly next: [string, Answer][] = [];

  say(call: string, ...answers: Answer[]): void {
    for (const answer of answers) this.next.push([call, answer]);
  }

  async fetch(path: string, init: RequestInit): Promise<Response> {
    const call: Call = {
      method: init.method!, path,
      headers: init.headers as Record<string, string>, body: init.body, signal: init.signal!,
    };
    this.calls.push(call);
    const said = `${call.method} ${call.path}`;
    const at = this.next.findIndex(([start]) => said.startsWith(start));
    const answer = at < 0 ? this.#good(call) : this.next.splice(at, 1)[0]![1];
    if (answer === "offline") throw new TypeError("Failed to fetch");
    if (answer === "never") {
      return new Promise((_, reject) => {
        call.signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    }
    const body = answer.json === undefined ? null : JSON.stringify(answer.json);
    return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
  }

  #good(call: Call): Answer {
    if (call.method === "GET") {
      return { status: 200, json: { state: this.state, received: [...this.chunks.keys()], ...this.stem } };
    }
    if (call.method === "PUT") {
      this.chunks.set(Number(/\d+/.exec(call.path)![0]), call.body as Uint8Array);
      return { status: 204 };
    }
    this.completed = JSON.parse(String(call.body)) as Record<string, unknown>;
    return { status: 200, json: { state: "stored" } };
  }

  /** The chunks that came, by number, with their lengths. */
  get sizes(): [number, number][] {
    return [...this.chunks].map(([number, bytes]) => [number, bytes.length]);
  }

  get said(): string[] {
    return this.calls.map(({ method, path }) => `${method} ${path}`.trim());
  }
}

/** A stem of so many bytes, each of which says where it is. */
function upload(bytes: number, final = true) {
  const server = new Server();
  const sound = { bytes, final };
  const whole = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251);
  const file = { read: (offset: number, length: number) => whole.slice(offset, offset + length) } as StemFile;
  const meta: StemMeta = {
    stem: "one", recording: "r", session: "j", rate: RATE, channels: 1, state: "ended",
    clock: [[0, 1000]], generation: 1,
  };
  const told: Progress[] = [];
  let tokens = 0;
  const site = { stems: server.stems, csrf: async () => `token-${(tokens += 1)}` };
  const uploader = new Uploader(site, file, meta, () => sound, (progress) => told.push(progress));
  let result: boolean | null = null;
  const run = (): void => void uploader.run().then((sent) => (result = sent));
  return { server, sound, whole, meta, told, uploader, run, result: () => result };
}

const last = (told: readonly Progress[]) => {
  const { state, sent, total, reason, detail } = told.at(-1)!;
  return { state, sent, total, reason, detail };
};

// ---- all goes well -------------------------------------------------------------------------------------

test("all chunks are sent in order, then the stem is complete", async () => {
  const { server, whole, told, run, result } = upload(2 * CHUNK + 300);
  run();
  await until(() => result() !== null);
  assert.equal(result(), true);
  assert.deepEqual(server.said, ["GET", "PUT chunks/0/", "PUT chunks/1/", "PUT chunks/2/", "POST complete/"]);
  assert.deepEqual(server.chunks.get(1), whole.slice(CHUNK, 2 * CHUNK));
  assert.deepEqual(server.chunks.get(2), whole.slice(2 * CHUNK, 2 * CHUNK + 300));
  assert.deepEqual(server.completed, {
    chunks: 3, frames: 1100, sample_rate: RATE, channels: 1, clock: [[0, 1000], [1100, 12_000]],
  });
  assert.deepEqual(told.map(({ state, sent, total }) => [state, sent, total]), [
    ["sending", 0, 3], ["sending", 1, 3], ["sending", 2, 3], ["sending", 3, 3], ["stored", 3, 3],
  ]);
});

test("each chunk says its checksum, and each call has a token of its own", async () => {
  const { server, run, result } = upload(3);
  run();
  await until(() => result() !== null);
  const put = server.calls[1]!;
  // SHA-256 of the bytes 0, 7, 14
  assert.equal(put.headers["X-Chunk-SHA256"], "b361d0f9a938a2bb4fbdc9c21dc5a859788041b0040919d8a811c1888184f4df");
  assert.equal(put.headers["Content-Type"], "application/octet-stream");
  assert.deepEqual(server.calls.map(({ headers }) => headers["X-CSRFToken"]), ["token-1", "token-2", "token-3"]);
});

test("while the take goes on, whole chunks are sent alone, and more of them when there are more", async () => {
  const { server, sound, told, uploader, run, result } = upload(CHUNK + 100, false);
  run();
  await until(() => server.chunks.size === 1);
  await time.pass(1000);
  assert.deepEqual([...server.chunks.keys()], [0]);
  assert.equal(told.at(-1)!.total, null);
  sound.bytes = 2 * CHUNK;
  uploader.nudge();
  await until(() => server.chunks.size === 2);
  assert.equal(server.completed, null);
  sound.bytes = 2 * CHUNK + 30;
  sound.final = true;
  await time.pass(10);
  uploader.nudge();
  await until(() => result() !== null);
  assert.equal(server.chunks.get(2)!.length, 30);
  assert.equal(result(), true);
});

test("what the server has already is not sent again", async () => {
  const { server, run, result } = upload(3 * CHUNK);
  server.chunks.set(0, new Uint8Array(1));
  server.chunks.set(2, new Uint8Array(1));
  run();
  await until(() => result() !== null);
  assert.deepEqual(server.said, ["GET", "PUT chunks/1/", "POST complete/"]);
});

test("a stem that the server has whole needs nothing more", async () => {
  for (const state of ["stored", "aligned", "withdrawn"]) {
    const { server, told, run, result } = upload(3 * CHUNK);
    server.state = state;
    run();
    await until(() => result() !== null);
    assert.deepEqual(server.said, ["GET"]);
    assert.equal(result(), true);
    assert.equal(told.at(-1)!.state, "stored");
  }
});

test("chunks that the server lost after all are sent again", async () => {
  const { server, run, result } = upload(3 * CHUNK);
  server.say("POST", { status: 409, json: { missing: [1, 2] } });
  run();
  await until(() => result() !== null);
  assert.deepEqual(server.said.slice(4), ["POST complete/", "PUT chunks/1/", "PUT chunks/2/", "POST complete/"]);
  assert.equal(result(), true);
});

// ---- what belongs to the take ----------------------------------------------------------------------------

test("no more is sent than the server takes of a stem", async () => {
  const { server, run, result } = upload(4 * CHUNK);
  server.stem = { limits: { seconds: 12 } };
  run();
  await until(() => result() !== null);
  assert.deepEqual(server.sizes, [[0, CHUNK], [1, CHUNK], [2, 600]]);
  assert.equal(server.completed!["frames"], 1200);
});

test("what was captured after the take's stop is not sent", async () => {
  const { server, run, result } = upload(4 * CHUNK);
  server.stem = { limits: { seconds: 100 }, stops_at: 8000 }; // seven seconds into the stem
  run();
  await until(() => result() !== null);
  assert.deepEqual(server.sizes, [[0, CHUNK], [1, 600]]);
  assert.deepEqual(server.completed!["clock"], [[0, 1000], [700, 8000]]);
});

test("a stem that began after the stop has nothing of the take", async () => {
  const { server, run, result } = upload(CHUNK);
  server.stem = { stops_at: 999 };
  run();
  await until(() => result() !== null);
  assert.equal(server.chunks.size, 0);
  assert.equal(server.completed!["frames"], 0);
});

// ---- something goes wrong for the moment ------------------------------------------------------------------

test("without a network it waits, longer each time, up to five seconds", async () => {
  const { server, told, run } = upload(CHUNK);
  server.say("GET", ...Array<Answer>(8).fill("offline"));
  const at: number[] = [];
  const from = time.now;
  run();
  for (let i = 0; i < 7; i += 1) {
    await until(() => server.calls.length === i + 1);
    at.push(time.now - from);
    await time.pass([500, 1000, 2000, 4000, 5000, 5000, 0][i]! - 1);
    if (i < 6) assert.equal(server.calls.length, i + 1);
    await time.pass(1);
  }
  assert.deepEqual(at, [0, 500, 1500, 3500, 7500, 12_500, 17_500]);
  assert.deepEqual(last(told), { state: "waiting", sent: 0, total: 1, reason: "offline", detail: null });
});

test("after something went well, the waits begin anew", async () => {
  const { server, run } = upload(3 * CHUNK);
  server.say("GET", "offline", "offline");
  server.say("PUT chunks/1/", "offline");
  run();
  await until(() => server.calls.length === 1);
  await time.pass(500);
  await until(() => server.calls.length === 2);
  await time.pass(1000);
  await until(() => server.said.at(-1) === "PUT chunks/1/");
  await time.pass(499);
  const before = server.calls.length;
  await time.pass(1);
  await until(() => server.calls.length > before);
  assert.equal(server.said.at(before), "PUT chunks/1/");
});

test("a server that broke, or took too long, is asked again", async () => {
  for (const status of [408, 500, 503]) {
    const { server, run, result } = upload(CHUNK);
    server.say("PUT", { status });
    run();
    await until(() => server.calls.length === 2);
    await time.pass(500);
    await until(() => result() !== null);
    assert.equal(result(), true);
  }
});

test("back on the network, nothing is waited for", async () => {
  const { server, uploader, run, result } = upload(CHUNK);
  server.say("GET", "offline");
  run();
  await until(() => server.calls.length === 1);
  await time.pass(1);
  uploader.nudge(); // more sound is no reason
  await time.pass(1);
  assert.equal(server.calls.length, 1);
  uploader.hurry();
  await until(() => result() !== null);
  assert.equal(result(), true);
});

test("a call that hangs is given up after two minutes", async () => {
  const { server, run } = upload(CHUNK);
  server.say("GET", "never");
  run();
  await until(() => server.calls.length === 1);
  await time.pass(119_999);
  assert.equal(server.calls[0]!.signal.aborted, false);
  await time.pass(1);
  assert.equal(server.calls[0]!.signal.aborted, true);
  await time.pass(500);
  assert.deepEqual(server.said.slice(0, 2), ["GET", "GET"]);
});

test("back on the network, a call that has hung for ten seconds is given up, a fresh one is not", async () => {
  const { server, uploader, run } = upload(CHUNK);
  server.say("GET", "never");
  run();
  await until(() => server.calls.length === 1);
  await time.pass(10_000);
  uploader.hurry();
  assert.equal(server.calls[0]!.signal.aborted, false);
  await time.pass(1);
  uploader.hurry();
  assert.equal(server.calls[0]!.signal.aborted, true);
});

test("a busy server says for how long it is left alone", async () => {
  for (const [said, ms] of [["7", 7000], ["3600", 60_000], ["", 5000]] as const) {
    const { server, told, run } = upload(CHUNK);
    server.say("GET", { status: 429, headers: { "Retry-After": said } });
    run();
    await until(() => server.calls.length === 1);
    await time.pass(ms - 1);
    assert.equal(server.calls.length, 1);
    await time.pass(1);
    assert.deepEqual(server.said.slice(0, 2), ["GET", "GET"]);
    assert.equal(told.filter(({ state }) => state === "waiting").length, 0);
  }
});

test("a chunk that was damaged on its way is sent again, six times at most", async () => {
  const five = upload(CHUNK);
  five.server.say("PUT", ...Array<Answer>(5).fill({ status: 422 }));
  five.run();
  await until(() => five.result() !== null);
  assert.equal(five.result(), true);
  const six = upload(CHUNK);
  six.server.say("PUT", ...Array<Answer>(6).fill({ status: 422, json: { detail: "The checksum differs." } }));
  six.run();
  await until(() => six.result() !== null);
  assert.equal(six.result(), false);
  assert.deepEqual(last(six.told), {
    state: "kept", sent: 0, total: 1, reason: "damaged", detail: "The checksum differs.",
  });
});

test("an old token is asked for anew, three times; then one has to sign in", async () => {
  const { server, told, run, result } = upload(CHUNK);
  server.say("GET", ...Array<Answer>(4).fill({ status: 403 }));
  run();
  for (const ms of [500, 1000, 2000]) await time.pass(ms);
  await until(() => result() !== null);
  assert.equal(result(), false);
  const tokens = server.calls.map(({ headers }) => headers["X-CSRFToken"]);
  assert.deepEqual(tokens, ["token-1", "token-2", "token-3", "token-4"]);
  assert.equal(last(told).reason, "signin");
});

test("a complete stem that the server is not sure of is asked for again", async () => {
  const { server, run, result } = upload(CHUNK);
  server.say("POST", { status: 200, json: { state: "capturing" } });
  run();
  await until(() => server.said.at(-1) === "POST complete/");
  await time.pass(500);
  await until(() => result() !== null);
  assert.equal(result(), true);
});

// ---- something goes wrong for good ------------------------------------------------------------------------

test("what the server refuses for good stays here, with its sentence", async () => {
  const cases: [string, Answer, Partial<Progress>][] = [
    ["GET", { status: 401 }, { state: "kept", reason: "signin", detail: null }],
    ["GET", { status: 404 }, { state: "gone", reason: "refused", detail: null }],
    ["GET", { status: 400, json: { detail: "No." } }, { state: "kept", reason: "refused", detail: "No." }],
    ["GET", { status: 200, json: { state: "failed" } }, { state: "kept", reason: "refused", detail: null }],
    ["PUT", { status: 413, json: { detail: "Full." } }, { state: "kept", reason: "full", detail: "Full." }],
    ["PUT", { status: 400, json: { detail: "Odd." } }, { state: "kept", reason: "refused", detail: "Odd." }],
    ["POST", { status: 422, json: { detail: "Sums." } }, { state: "kept", reason: "refused", detail: "Sums." }],
    ["POST", { status: 409, json: { missing: [], detail: "?" } }, { state: "kept", reason: "refused", detail: "?" }],
  ];
  for (const [call, answer, expected] of cases) {
    const { server, told, run, result } = upload(CHUNK);
    server.say(call, answer);
    run();
    await until(() => result() !== null);
    assert.equal(result(), false);
    const { state, reason, detail } = last(told);
    assert.deepEqual({ state, reason, detail }, expected);
  }
});

test("a refusal that is no JSON has no sentence", async () => {
  const { server, told, run, result } = upload(CHUNK);
  server.say("GET", { status: 413 });
  run();
  await until(() => result() !== null);
  assert.equal(last(told).detail, null);
});

test("where the server has other bytes under a number, the rest is sent and the copy here stays", async () => {
  const { server, told, run, result } = upload(3 * CHUNK);
  server.say("PUT chunks/1/", { status: 409 });
  run();
  await until(() => result() !== null);
  assert.deepEqual(server.said, ["GET", "PUT chunks/0/", "PUT chunks/1/", "PUT chunks/2/", "POST complete/"]);
  assert.equal(result(), false);
  assert.deepEqual(last(told), { state: "kept", sent: 3, total: 3, reason: "conflict", detail: null });
});

test("a cancelled one ends at its next step, and has sent nothing as complete", async () => {
  const { server, sound, uploader, run, result } = upload(CHUNK, false);
  run();
  await until(() => server.chunks.size === 1);
  await time.pass(1);
  uploader.cancelled = true;
  sound.final = true;
  uploader.nudge();
  await until(() => result() !== null);
  assert.equal(result(), false);
  assert.equal(server.completed, null);
});
