// The session clock: how far the server's session milliseconds are from this machine's.

const FIRST = 60;
const BEST = 8;
const FEWEST = 3;
const PROMPT_MS = 0.3;
const SPACING_MS = 40; // 25 a second: half of what the socket may send
const THEN_MS = 1000;
const SETTLE = 5; // probes
/** Two clocks part by some 50 millionths: over this window the least trips say by how many. */
const WINDOW_MS = 120_000;
const SLOPE_FROM_MS = 20_000;
const MOST_SLOPE = 500e-6;

export interface Probe {
  /** machine ms of the answer */
  at: number;
  trip: number;
  offset: number;
}

/**
 * The offset now, by the probes that were under way for the least time: a busy page is late with most of
 * its answers, and each is wrong by at most half of its trip. Robust: medians throughout.
 */
export function settle(probes: readonly Probe[], now: number): number | null {
  if (probes.length === 0) return null;
  // Coarse timers make many trips alike: of those the newest count, as clocks part.
  const sorted = [...probes].sort((a, b) => a.trip - b.trip || b.at - a.at);
  // A probe is wrong by half of its delay at most: where few were prompt, few are taken.
  const prompt = sorted[0]!.trip * 1.5 + PROMPT_MS;
  const best = sorted.filter(({ trip }, place) => place < FEWEST || trip <= prompt).slice(0, 2 * BEST);
  const times = best.map(({ at }) => at);
  if (Math.max(...times) - Math.min(...times) < SLOPE_FROM_MS) {
    return median(best.slice(0, BEST).map(({ offset }) => offset));
  }
  const slopes = best.flatMap((a) =>
    best.filter((b) => b.at - a.at > SLOPE_FROM_MS / 4).map((b) => (b.offset - a.offset) / (b.at - a.at)),
  );
  const slope = Math.max(-MOST_SLOPE, Math.min(MOST_SLOPE, median(slopes)));
  return median(best.map(({ offset, at }) => offset + slope * (now - at)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** This machine's clock, the same number in the page and its workers; never steps. */
export function machineNow(): number {
  return performance.timeOrigin + performance.now();
}

export class SessionClock {
  /** session ms = machineNow() + offset; null until the first round of probes is done */
  offset: number | null = null;
  #probes: Probe[] = [];
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly send: (t0: number) => void,
    readonly changed: (offset: number) => void,
  ) {}

  start(): void {
    this.stop();
    this.#asked = 0;
    this.#ask();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  now(): number | null {
    return this.offset === null ? null : machineNow() + this.offset;
  }

  #ask(): void {
    this.send(machineNow());
    this.#asked += 1;
    this.#timer = setTimeout(() => this.#ask(), this.#asked < FIRST ? SPACING_MS : THEN_MS);
  }

  answer(t0: number, t1: number, t2: number): void {
    const t3 = machineNow();
    this.#probes = this.#probes.filter(({ at }) => at > t3 - WINDOW_MS);
    this.#probes.push({ at: t3, trip: t3 - t0 - (t2 - t1), offset: (t1 + t2 - t0 - t3) / 2 });
    // A rough value early (a recording may start at once), then better ones.
    const count = this.#probes.length;
    if (count < BEST || (this.offset !== null && count % SETTLE !== 0 && count < FIRST)) return;
    this.offset = settle(this.#probes, t3);
    if (this.offset !== null) this.changed(this.offset);
  }
}
