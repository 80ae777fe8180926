// One stem's way to the server: numbered chunks with a checksum, again and again until it has them all.
import type { StemFile, StemMeta } from "./stem-file";
import { bytesPerFrame, chunkBytes, fullClock } from "./stem-writer";

export type UploadState = "sending" | "waiting" | "stored" | "kept" | "gone";

export interface Progress {
  stem: string;
  recording: string;
  state: UploadState;
  sent: number;
  /** null while the take goes on */
  total: number | null;
  /** why it waits or stays here; a key of the words */
  reason: "offline" | "signin" | "refused" | "conflict" | "damaged" | null;
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
}

/** An answer that trying again does not change. */
class Refusal extends Error {
  constructor(
    readonly reason: NonNullable<Progress["reason"]>,
    readonly gone = false,
  ) {
    super(reason);
  }
}

const DONE = new Set(["stored", "aligned", "withdrawn"]);
const BAD_CHECKSUMS = 5;

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Uploader {
  readonly #has = new Set<number>();
  #known = false;
  #tries = 0;
  #wake: (() => void) | null = null;
  #conflict = false;
  cancelled = false;

  constructor(
    readonly site: UploadSite,
    readonly file: StemFile,
    readonly meta: StemMeta,
    /** Bytes that may be sent now, and whether they are all there will be. */
    readonly available: () => { bytes: number; final: boolean },
    readonly report: (progress: Progress) => void,
  ) {}

  /** More sound, an end, or the network came back. */
  nudge(): void {
    this.#wake?.();
  }

  #tell(state: UploadState, reason: Progress["reason"] = null): void {
    const { bytes, final } = this.available();
    const total = final ? Math.ceil(bytes / chunkBytes(this.meta)) : null;
    const { stem, recording } = this.meta;
    this.report({ stem, recording, state, sent: this.#has.size, total, reason });
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
          await this.#sleep(60_000);
        }
        this.#tries = 0;
      } catch (problem) {
        if (problem instanceof Done) return true;
        if (problem instanceof Refusal) {
          this.#tell(problem.gone ? "gone" : "kept", problem.reason);
          return false;
        }
        this.#tell("waiting", "offline");
        const wait = Math.min(30_000, 500 * 2 ** this.#tries) * (0.75 + Math.random() / 2);
        this.#tries += 1;
        await this.#sleep(wait);
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
    const response = await fetch(`${this.site.stems}${this.meta.stem}/${path}`, {
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error", // a sign-in page is no answer
      ...init,
      headers: { "X-CSRFToken": await this.site.csrf(), Accept: "application/json", ...init.headers },
    });
    const { status } = response;
    if (status === 401) throw new Refusal("signin");
    if (status === 403) {
      if (this.#tries >= 3) throw new Refusal("signin");
      throw new Error("forbidden"); // perhaps an old CSRF token: asked for afresh next time
    }
    if (status === 404) throw new Refusal("refused", true);
    if (status === 408 || status === 429 || status >= 500) throw new Error(`status ${status}`);
    return response;
  }

  async #ask(): Promise<void> {
    const response = await this.#call("", { method: "GET" });
    if (!response.ok) throw new Refusal("refused");
    const answer = (await response.json()) as StemAnswer;
    if (DONE.has(answer.state)) throw this.#done();
    if (answer.state === "failed") throw new Refusal("refused");
    for (const number of answer.received ?? []) this.#has.add(number);
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
      if (response.status !== 422) throw new Refusal("refused");
      if (damaged >= BAD_CHECKSUMS) throw new Refusal("damaged");
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
    if (response.status === 409 && answer.missing) {
      for (const number of answer.missing) this.#has.delete(number);
      if (answer.missing.length === 0) throw new Refusal("refused");
      return false;
    }
    if (!response.ok) throw new Refusal("refused");
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
