// PCM or Opus for one player. PCM has the least delay but needs 100 kB/s, which SCTP's congestion control
// only lets through on short clean paths; Opus does for the rest. Slow to trust, quick to step back.

export type Codec = "pcm" | "opus";

const SHORT_MS = 25; // round trip
const LONG_MS = 35;
const CLEAN = 0.015;
const LOSSY = 0.03;
/** Bytes waiting in the channel: five PCM packets. More means the path does not keep up. */
export const CROWDED = 2700;
/** Packets held back (they are forgotten at 8 a second) after which PCM is given up. */
const TOO_MANY = 25;
const SETTLE_MS = 1500;

export class CodecChoice {
  codec: Codec = "opus";
  #notBefore: number | null = null;
  #holdMs = 5_000;
  #loss = 0; // smoothed over about three seconds: one stall of a machine is not a lossy path
  #crowded = 0;

  constructor(
    readonly forced: Codec | null,
    readonly hasOpus: boolean,
  ) {
    if (forced) this.codec = forced;
    if (!hasOpus) this.codec = "pcm";
  }

  /** Twice a second, with what the path looked like. */
  path(roundTripMs: number | null, loss: number, now: number): void {
    if (this.forced || !this.hasOpus || roundTripMs === null) return;
    this.#notBefore ??= now + SETTLE_MS; // the first moments of a connection tell little
    this.#loss += (loss - this.#loss) * 0.2;
    if (this.codec === "opus") {
      if (roundTripMs < SHORT_MS && this.#loss < CLEAN && now >= this.#notBefore) this.codec = "pcm";
    } else if (roundTripMs > LONG_MS || this.#loss > LOSSY) {
      this.#stepBack(now);
    }
    this.#crowded = Math.max(0, this.#crowded - 4);
  }

  /** A packet was left out because the channel was crowded. */
  crowded(now: number): void {
    this.#crowded += 1;
    if (this.codec === "pcm" && this.hasOpus && !this.forced && this.#crowded > TOO_MANY) {
      this.#stepBack(now);
    }
  }

  #stepBack(now: number): void {
    this.codec = "opus";
    this.#crowded = 0;
    this.#notBefore = now + this.#holdMs;
    this.#holdMs = Math.min(120_000, this.#holdMs * 2); // a path that fooled us is trusted later
  }
}
