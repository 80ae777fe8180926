// The session clock: how far the server's session milliseconds are from this machine's.

const FIRST = 60;
const AGAIN = 10;
const BEST = 8;
const EVERY_MS = 30_000;
const SPACING_MS = 40; // 25 a second: half of what the socket may send

interface Probe {
  trip: number;
  offset: number;
}

/** This machine's clock, the same number in the page and its workers; never steps. */
export function machineNow(): number {
  return performance.timeOrigin + performance.now();
}

export class SessionClock {
  /** session ms = machineNow() + offset; null until the first round of probes is done */
  offset: number | null = null;
  #probes: Probe[] = [];
  #wanted = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly send: (t0: number) => void,
    readonly changed: (offset: number) => void,
  ) {}

  start(): void {
    this.stop();
    this.#round(FIRST);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  now(): number | null {
    return this.offset === null ? null : machineNow() + this.offset;
  }

  #round(count: number): void {
    this.#probes = [];
    this.#wanted = count;
    let left = count;
    const ask = (): void => {
      this.send(machineNow());
      left -= 1;
      this.#timer = left > 0
        ? setTimeout(ask, SPACING_MS)
        : setTimeout(() => this.#finish(), 1500); // lost answers must not hold the round open
    };
    ask();
  }

  answer(t0: number, t1: number, t2: number): void {
    const t3 = machineNow();
    this.#probes.push({ trip: t3 - t0 - (t2 - t1), offset: (t1 + t2 - t0 - t3) / 2 });
    // A rough value early (a recording may start at once), the good one at the end of the round.
    if (this.offset === null && this.#probes.length === BEST) this.#settle();
    if (this.#probes.length >= this.#wanted) this.#finish();
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#settle();
    this.#timer = setTimeout(() => this.#round(AGAIN), EVERY_MS);
  }

  #settle(): void {
    if (this.#probes.length === 0) return;
    const best = [...this.#probes].sort((a, b) => a.trip - b.trip).slice(0, BEST);
    const offsets = best.map((probe) => probe.offset).sort((a, b) => a - b);
    const middle = Math.floor(offsets.length / 2);
    this.offset = offsets.length % 2
      ? offsets[middle]!
      : (offsets[middle - 1]! + offsets[middle]!) / 2;
    this.changed(this.offset);
  }
}
