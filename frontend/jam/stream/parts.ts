// Parts of sound on their way to the server: in order, a few at a time, each until it is taken. Whatever
// can't be taken any more begins anew, as live sound isn't worth being late.

export const PACKETS = 20; // of a part
const AT_ONCE = 3;
const MOST_WAITING = 12; // parts: beyond it the line is too slow, and what waits is too old
const AGAIN_MS = 300;

/** How the stream stands, as the server says in a refusal. */
export interface Standing {
  version: number;
  voices: string[];
}

export interface PartEvents {
  /** Its version is over, and this is the one that holds. */
  stale(standing: Standing): void;
  /** What is sent doesn't fit any more: a new version is wanted. */
  behind(): void;
  /** There is no such stream. */
  over(): void;
}

/** Packets one behind the other, each behind its length in two bytes. */
export function partBody(packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(packets.reduce((sum, packet) => sum + 2 + packet.length, 0));
  let at = 0;
  for (const packet of packets) {
    body[at] = packet.length >> 8;
    body[at + 1] = packet.length & 255;
    body.set(packet, at + 2);
    at += 2 + packet.length;
  }
  return body;
}

export class Parts {
  #packets: Uint8Array[] = [];
  #next = 0;
  #waiting: { number: number; body: Uint8Array<ArrayBuffer> }[] = [];
  #flying = 0;
  #ended = false;
  readonly #abort = new AbortController();

  constructor(
    readonly address: string,
    readonly version: number,
    readonly csrf: () => string,
    readonly events: PartEvents,
    readonly call: typeof fetch = (...args) => fetch(...args),
  ) {}

  add(packet: Uint8Array): void {
    if (this.#ended) return;
    this.#packets.push(packet);
    if (this.#packets.length < PACKETS) return;
    this.#waiting.push({ number: this.#next, body: partBody(this.#packets) });
    this.#next += 1;
    this.#packets = [];
    if (this.#waiting.length > MOST_WAITING) this.#end(() => this.events.behind());
    else this.#pump();
  }

  #pump(): void {
    while (!this.#ended && this.#flying < AT_ONCE) {
      const part = this.#waiting.shift();
      if (!part) return;
      this.#flying += 1;
      void this.#send(part.number, part.body).finally(() => {
        this.#flying -= 1;
        this.#pump();
      });
    }
  }

  async #send(number: number, body: Uint8Array<ArrayBuffer>): Promise<void> {
    while (!this.#ended) {
      const answer = await this.#put(number, body);
      if (answer?.ok || this.#ended) return;
      if (answer?.status === 409) {
        const said = (await answer.json().catch(() => null)) as (Standing & { reason: string }) | null;
        if (said?.reason === "stale") return this.#end(() => this.events.stale(said));
        if (said?.reason !== "early") return this.#end(() => this.events.behind());
      } else if (answer && answer.status < 500 && answer.status !== 429) {
        return this.#end(() => (answer.status === 422 ? this.events.behind() : this.events.over()));
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async #put(number: number, body: Uint8Array<ArrayBuffer>): Promise<Response | null> {
    try {
      return await this.call(`${this.address}${this.version}/${number}/`, {
        method: "PUT",
        body,
        headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": this.csrf() },
        signal: this.#abort.signal,
      });
    } catch {
      return null; // offline: again in a moment
    }
  }

  #end(tell: () => void): void {
    if (this.#ended) return;
    this.close();
    tell();
  }

  close(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#abort.abort();
  }
}
