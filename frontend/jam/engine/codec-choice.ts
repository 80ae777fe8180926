// In what form sound goes to one player. PCM has the least delay but needs 100 kB/s and more, which SCTP's
// congestion control only lets through on short clean paths; Opus does for the rest, in steps that need less
// and less of the path. Slow to trust, quick to step back.

export type Codec = "pcm" | "opus";

export interface Format {
  readonly codec: Codec;
  /** frames at 48 kHz of one packet */
  readonly frames: number;
  /** kbit/s for each channel */
  readonly rate: number;
  /** how many packets before it each packet repeats: what is lost comes again */
  readonly repeats: number;
}

export const PCM: Format = { codec: "pcm", frames: 256, rate: 768, repeats: 0 };
/** A path that loses packets: twice the bytes, and nothing is missing. */
export const PCM_TWICE: Format = { ...PCM, repeats: 1 };

/**
 * From the best path to the narrowest. A packet has 105 bytes of headers (UDP, DTLS, SCTP, ours), and every
 * second one is acknowledged by 100: in all 540, 320, 260, 145, 115 and 65 kbit/s, each way, for one channel.
 */
export const OPUS: readonly Format[] = [
  { codec: "opus", frames: 240, rate: 96, repeats: 2 },
  { codec: "opus", frames: 480, rate: 96, repeats: 1 },
  { codec: "opus", frames: 480, rate: 64, repeats: 1 },
  { codec: "opus", frames: 960, rate: 64, repeats: 0 },
  { codec: "opus", frames: 960, rate: 32, repeats: 0 },
  { codec: "opus", frames: 1920, rate: 24, repeats: 0 },
];

const SHORT_MS = 25; // round trip
const LONG_MS = 35;
const CLEAN = 0.015;
const LOSSY = 0.03;
/** Bytes waiting in the channel: five PCM packets. More means the path does not keep up. */
export const CROWDED = 2700;
/** Sound that may wait in the channel; what comes after it is left out. */
const MAY_WAIT_MS = 25;
/** Packets held back (they are forgotten at 8 a second) after which PCM is given up. */
const TOO_MANY = 25;
/** Packets of Opus held back after which it takes less of the path. */
const NARROW = 3;
const SETTLE_MS = 1500;
/** A round trip that has become longer by so much is a queue of our own making. */
const QUEUE_MS = 35;
/** … and by so much one that a single step wouldn't empty for a while. */
const LONG_QUEUE_MS = 120;
/** After a step down: what waits on the way needs time to pass before it is known to suffice. */
const STEP_MS = 400;
const TRY_MS = 20_000;
const LONGEST_MS = 120_000;
const LONGEST_TRY_MS = 300_000;
const TWICE_MS = 30_000;

export class CodecChoice {
  codec: Codec = "opus";
  #notBefore: number | null = null;
  #holdMs = 5_000;
  #loss = 0; // smoothed over about three seconds: one stall of a machine is not a lossy path
  #crowded = 0;
  #step = 0;
  #stepped = -Infinity;
  #raised = -Infinity;
  #tryMs = TRY_MS;
  #base = Infinity; // the path's own round trip, without what waits on it
  #last = Infinity;
  #twiceUntil = -Infinity;
  #now = 0;

  constructor(
    readonly forced: Codec | null,
    readonly hasOpus: boolean,
  ) {
    if (forced) this.codec = forced;
    if (!hasOpus) this.codec = "pcm";
  }

  /** `players`: who else gets sound from here. */
  format(players: number): Format {
    if (this.codec === "opus") return OPUS[Math.max(this.#step, players > 3 ? 1 : 0)]!;
    return this.#now < this.#twiceUntil ? PCM_TWICE : PCM;
  }

  /** How many bytes may wait in the channel before packets of a size are left out. */
  mayWait(format: Format, bytes: number): number {
    if (format.codec === "pcm") return CROWDED * (1 + format.repeats);
    return Math.ceil((MAY_WAIT_MS * 48) / format.frames) * bytes;
  }

  /** Twice a second, with what the path looked like. */
  path(roundTripMs: number | null, loss: number, now: number): void {
    this.#now = now;
    if (roundTripMs === null) return;
    if (loss > 0) this.#twiceUntil = now + TWICE_MS;
    this.#widen(now);
    this.#crowded = Math.max(0, this.#crowded - 4);
    if (this.forced || !this.hasOpus) return;
    this.#notBefore ??= now + SETTLE_MS; // the first moments of a connection tell little
    this.#loss += (loss - this.#loss) * 0.2;
    if (this.codec === "opus") {
      const trusted = this.#step === 0 && now >= this.#notBefore;
      if (roundTripMs < SHORT_MS && this.#loss < CLEAN && trusted) this.codec = "pcm";
    } else if (roundTripMs > LONG_MS || this.#loss > LOSSY) {
      this.#stepBack(now);
    }
  }

  /** A packet was left out because the channel was crowded. */
  crowded(now: number): void {
    this.#crowded += 1;
    if (this.codec === "opus") {
      if (this.#crowded > NARROW) this.#narrow(now);
    } else if (this.hasOpus && !this.forced && this.#crowded > TOO_MANY) {
      this.#stepBack(now);
    }
  }

  /** Four times a second: a round trip, ms. Of two that follow each other the shorter counts. */
  trip(ms: number, now: number): void {
    const latest = Math.min(ms, this.#last);
    this.#last = ms;
    const queue = latest - this.#base;
    if (this.codec === "opus" && queue > QUEUE_MS) this.#narrow(now, queue > LONG_QUEUE_MS ? 2 : 1);
    // It rises by 8 ms a second at most: a queue is not taken for the path, a new path is in a while.
    this.#base = Math.min(latest, this.#base + 2);
  }

  #widen(now: number): void {
    if (this.#step === 0 || now - this.#stepped < this.#tryMs) return;
    this.#step -= 1;
    this.#stepped = this.#raised = now;
  }

  #narrow(now: number, steps = 1): void {
    if (now - this.#stepped < STEP_MS) return;
    // A step up that didn't hold: it is tried again later.
    if (now - this.#raised < TRY_MS) this.#tryMs = Math.min(LONGEST_TRY_MS, this.#tryMs * 2);
    this.#step = Math.min(OPUS.length - 1, this.#step + steps);
    this.#stepped = now;
    this.#crowded = 0;
  }

  #stepBack(now: number): void {
    this.codec = "opus";
    this.#crowded = 0;
    this.#notBefore = now + this.#holdMs;
    this.#holdMs = Math.min(LONGEST_MS, this.#holdMs * 2); // a path that fooled us is trusted later
  }
}
