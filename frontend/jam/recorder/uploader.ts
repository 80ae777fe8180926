// One stem's way to the server: numbered chunks with a checksum, again and again until it has them all.
import type { StemFile, StemMeta } from "./stem-file";
import { bytesPerFrame, chunkBytes, frameAt, fullClock } from "./stem-writer";

export type UploadState = "sending" | "waiting" | "stored" | "kept" | "gone";

export interface Progress {
  stem: string;
  recording: string;
  state: UploadState;
  sent: number;
  /** null while the take goes on */
  total: number | null;
  /** why it waits or stays here; a key of the words */
  reason: "offline" | "signin" | "refused" | "full" | "conflict" | "damaged" | null;
  /** the server's own sentence, where it gave one */
  detail: string | null;
}

export interface UploadSite {
  /** ends with a slash */
  stems: string;
  csrf(): Promise<string>;
}

interface StemAnswer {
  state: string;
  received?: number[];
  missing?: number[];
  /** what the server takes of a stem */
  limits?: { seconds: number };
  /** session ms at which the take was stopped */
  stops_at?: number | null;
  /** of a refusal */
  detail?: string;
}

/** The server is busy, and said for how long. */
class Later extends Error {
  constructor(readonly ms: number) {
    super("later");
  }
}

/** An answer that trying again does not change. */
class Refusal extends Error {
  constructor(
    readonly reason: NonNullable<Progress["reason"]>,
    readonly detail: string | null = null,
    readonly gone = false,
  ) {
    super(reason);
  }
}

const DONE = new Set(["stored", "aligned", "withdrawn"]);
const BAD_CHECKSUMS = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
const LATER_MS = 60_000;
const PATIENCE_MS = 120_000; // a chunk on the slowest line that can be played over
const STUCK_MS = 10_000;

/** The `detail` of a problem. */
async function sentence(response: Response): Promise<string | null> {
  try {
    return ((await response.json()) as StemAnswer).detail ?? null;
  } catch {
    return null;
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Uploader {
  readonly #has = new Set<number>();
  #known = false;
  #tries = 0;
  #wake: (() => void) | null = null;
  /** waits for more sound, rather than for the network */
  #idle = false;
  #running: { since: number; abort: AbortController } | null = null;
  #conflict = false;
  /** frames of which the server takes no more */
  #most = Infinity;
  cancelled = false;

  constructor(
    readonly site: UploadSite,
    readonly file: StemFile,
    readonly meta: StemMeta,
    /** Bytes that may be sent now, and whether they are all there will be. */
    readonly written: () => { bytes: number; final: boolean },
    readonly report: (progress: Progress) => void,
  ) {}

  /** More sound, or an end. */
  nudge(): void {
    if (this.#idle || this.cancelled) this.#wake?.();
  }

  /** The network, the site or the person came back: no waiting now. */
  hurry(): void {
    this.#tries = 0;
    this.#wake?.();
    // A call that the lost network left hanging would hold everything up for minutes.
    if (this.#running && performance.now() - this.#running.since > STUCK_MS) this.#running.abort.abort();
  }

  /** What may be sent: what is written, as far as it belongs to the take. */
  available(): { bytes: number; final: boolean } {
    const { bytes, final } = this.written();
    return { bytes: Math.min(bytes, this.#most * bytesPerFrame(this.meta)), final };
  }

  #tell(state: UploadState, reason: Progress["reason"] = null, detail: string | null = null): void {
    const { bytes, final } = this.available();
    const total = final ? Math.ceil(bytes / chunkBytes(this.meta)) : null;
    const { stem, recording } = this.meta;
    this.report({ stem, recording, state, sent: this.#has.size, total, reason, detail });
  }

  /** Runs until the server has the whole stem (true), or can't get it (false: the copy here stays). */
  async run(): Promise<boolean> {
    while (!this.cancelled) {
      try {
        if (!this.#known) await this.#ask();
        const number = this.#nextChunk();
        if (number !== null) {
          await this.#put(number);
        } else if (this.available().final && !this.cancelled) {
          if (await this.#complete()) return true;
        } else if (!this.cancelled) {
          this.#idle = true;
          await this.#sleep(60_000);
        }
        this.#tries = 0;
      } catch (problem) {
        if (problem instanceof Done) return true;
        if (problem instanceof Refusal) {
          this.#tell(problem.gone ? "gone" : "kept", problem.reason, problem.detail);
          return false;
        }
        if (problem instanceof Later) {
          await this.#sleep(problem.ms);
          continue;
        }
        this.#tell("waiting", "offline");
        const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries);
        this.#tries += 1;
        await this.#sleep(wait * (0.75 + Math.random() / 2));
      } finally {
        this.#idle = false;
      }
    }
    return false;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const wake = (): void => done();
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.#wake = wake;
    });
  }

  #nextChunk(): number | null {
    const size = chunkBytes(this.meta);
    const { bytes, final } = this.available();
    const chunks = final ? Math.ceil(bytes / size) : Math.floor(bytes / size);
    for (let number = 0; number < chunks; number += 1) {
      if (!this.#has.has(number)) return number;
    }
    return null;
  }

  async #call(path: string, init: RequestInit): Promise<Response> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
    const csrf = await this.site.csrf();
    this.#running = { since: performance.now(), abort };
    try {
      return await this.#checked(
        await fetch(`${this.site.stems}${this.meta.stem}/${path}`, {
          credentials: "same-origin",
          cache: "no-store",
          redirect: "error", // a sign-in page is no answer
          signal: abort.signal,
          ...init,
          headers: { "X-CSRFToken": csrf, Accept: "application/json", ...init.headers },
        }),
      );
    } finally {
      clearTimeout(timer);
      this.#running = null;
    }
  }

  async #checked(response: Response): Promise<Response> {
    const { status } = response;
    if (status === 401) throw new Refusal("signin");
    if (status === 403) {
      if (this.#tries >= 3) throw new Refusal("signin");
      throw new Error("forbidden"); // perhaps an old CSRF token: asked for afresh next time
    }
    if (status === 404) throw new Refusal("refused", null, true);
    if (status === 413) throw new Refusal("full", await sentence(response));
    if (status === 429) {
      const seconds = Number(response.headers.get("Retry-After"));
      throw new Later(Math.min(LATER_MS, (seconds > 0 ? seconds : 5) * 1000));
    }
    if (status === 408 || status >= 500) throw new Error(`status ${status}`);
    return response;
  }

  async #ask(): Promise<void> {
    const response = await this.#call("", { method: "GET" });
    if (!response.ok) throw new Refusal("refused", await sentence(response));
    const answer = (await response.json()) as StemAnswer;
    if (DONE.has(answer.state)) throw this.#done();
    if (answer.state === "failed") throw new Refusal("refused");
    for (const number of answer.received ?? []) this.#has.add(number);
    if (answer.limits) this.#most = answer.limits.seconds * this.meta.rate;
    const stop = answer.stops_at ?? null;
    // What an earlier page captured after everybody else had stopped is no part of the take.
    if (stop !== null) this.#most = Math.min(this.#most, frameAt(this.meta, stop) ?? 0);
    this.#known = true;
    this.#tell("sending");
  }

  async #put(number: number): Promise<void> {
    const size = chunkBytes(this.meta);
    for (let damaged = 0; ; damaged += 1) {
      const { bytes } = this.available();
      const body = this.file.read(number * size, Math.min(size, bytes - number * size));
      const response = await this.#call(`chunks/${number}/`, {
        method: "PUT",
        body,
        headers: { "Content-Type": "application/octet-stream", "X-Chunk-SHA256": await sha256(body) },
      });
      if (response.ok) break;
      if (response.status === 409) {
        // Other bytes lie under this number. What the server has stays; so does the copy here.
        this.#conflict = true;
        break;
      }
      if (response.status !== 422) throw new Refusal("refused", await sentence(response));
      if (damaged >= BAD_CHECKSUMS) throw new Refusal("damaged", await sentence(response));
    }
    this.#has.add(number);
    this.#tell("sending");
  }

  async #complete(): Promise<boolean> {
    const size = chunkBytes(this.meta);
    const { bytes } = this.available();
    const frames = bytes / bytesPerFrame(this.meta);
    const response = await this.#call("complete/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        chunks: Math.ceil(bytes / size),
        frames,
        sample_rate: this.meta.rate,
        channels: this.meta.channels,
        clock: fullClock(this.meta, frames),
      }),
    });
    const answer = (await response.json().catch(() => ({ state: "" }))) as StemAnswer;
    const detail = answer.detail ?? null;
    if (response.status === 409 && answer.missing) {
      for (const number of answer.missing) this.#has.delete(number);
      if (answer.missing.length === 0) throw new Refusal("refused", detail);
      return false;
    }
    if (!response.ok) throw new Refusal("refused", detail);
    if (!DONE.has(answer.state)) throw new Error(`state ${answer.state}`);
    if (this.#conflict) throw new Refusal("conflict");
    throw this.#done();
  }

  #done(): Done {
    this.#tell("stored");
    return new Done();
  }
}

/** The server has it. */
class Done extends Error {}
