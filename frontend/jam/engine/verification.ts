// The short code that two players read to each other (a short authentication string, as RFC 6189 has
// it). It is made of both ends' certificates and of a number of each end. Who offered commits to its
// number before it knows the other one, so that whoever sits between has one guess in a million and
// can't search for certificates that fit.

export type Verify =
  | { t: "sas.hello"; known: boolean }
  | { t: "sas.commit"; hash: string }
  | { t: "sas.nonce"; nonce: string }
  | { t: "sas.reveal"; nonce: string };

const DIGITS = 6;
const HEX = /^[0-9a-f]{64}$/;

/** The certificates that a description names, as one text that is the same at both ends. */
export function fingerprints(sdp: string | undefined): string | null {
  const found = [...(sdp ?? "").matchAll(/^a=fingerprint:(\S+) (\S+?)\r?$/gm)];
  const each = found.map(([, hash, value]) => `${hash!.toLowerCase()} ${value!.toUpperCase()}`);
  return each.length ? [...new Set(each)].sort().join(",") : null;
}

async function hash(...parts: string[]): Promise<string> {
  // As JSON, no two lists of parts are one text.
  const bytes = new TextEncoder().encode(JSON.stringify(["jamsite-sas-1", ...parts]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Codes of this page by both certificates: as long as they stay, so does the code. */
const known = new Map<string, string>();

export class Verification {
  /** null while it isn't known */
  code: string | null = null;
  readonly #nonce = nonce();
  readonly #key: string;
  #commitment: string | null = null;
  #begun = false;
  #over = false;
  #told: boolean | null = null;

  constructor(
    readonly own: string,
    readonly theirs: string,
    readonly offers: boolean,
    readonly say: (message: Verify) => void,
    readonly found: (code: string) => void,
  ) {
    this.#key = `${own}|${theirs}`;
  }

  /** Once the channel is open. */
  start(): void {
    if (this.#told !== null) return;
    this.#told = known.has(this.#key);
    this.say({ t: "sas.hello", known: this.#told });
  }

  /** Takes what the other end says, in order; what comes out of order, or twice, is ignored. */
  async hear(message: Verify): Promise<void> {
    if (this.#over) return;
    if (message.t === "sas.hello") await this.#greeted(message.known === true);
    else if (message.t === "sas.commit") this.#committed(message.hash);
    else if (message.t === "sas.nonce") await this.#answered(message.nonce);
    else if (message.t === "sas.reveal") await this.#revealed(message.nonce);
  }

  async #greeted(theyKnow: boolean): Promise<void> {
    this.start();
    const code = known.get(this.#key);
    if (theyKnow && code !== undefined && this.#told) this.#is(code);
    else if (this.offers && !this.#begun) {
      this.#begun = true;
      this.say({ t: "sas.commit", hash: await hash(this.#nonce) });
    }
  }

  #committed(commitment: string): void {
    if (this.offers || this.#commitment !== null || !HEX.test(commitment)) return;
    this.#commitment = commitment;
    this.say({ t: "sas.nonce", nonce: this.#nonce });
  }

  async #answered(theirs: string): Promise<void> {
    if (!this.offers || !this.#begun || !HEX.test(theirs)) return;
    this.#over = true; // one number of theirs counts
    this.say({ t: "sas.reveal", nonce: this.#nonce });
    this.#is(await this.#make(theirs));
  }

  async #revealed(theirs: string): Promise<void> {
    if (this.offers || this.#commitment === null || !HEX.test(theirs)) return;
    this.#over = true;
    // Another number than they committed to: no code, and so nothing that could be taken for one.
    if ((await hash(theirs)) === this.#commitment) this.#is(await this.#make(theirs));
  }

  async #make(theirs: string): Promise<string> {
    const ends = [[this.own, this.#nonce], [this.theirs, theirs]];
    const digest = await hash(...ends.sort(([a], [b]) => (a! < b! ? -1 : 1)).flat());
    const number = Number.parseInt(digest.slice(0, 12), 16) % 10 ** DIGITS;
    return String(number).padStart(DIGITS, "0");
  }

  #is(code: string): void {
    this.#over = true;
    this.code = code;
    known.set(this.#key, code);
    this.found(code);
  }
}
