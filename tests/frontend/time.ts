// Time that passes only when a test says so: timers and clocks of the code under test follow it.

interface Timer {
  at: number;
  every: number | null;
  work: () => void;
}

/** Lets what was promised happen, as far as nothing waits for a timer. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 8; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

export class Time {
  /** ms since the page began */
  now = 0;
  #timers = new Map<number, Timer>();
  #ids = 0;

  constructor() {
    const scope = globalThis as unknown as Record<string, unknown>;
    const set = (every: boolean) => (work: () => void, ms = 0): number => {
      this.#ids += 1;
      this.#timers.set(this.#ids, { at: this.now + ms, every: every ? ms : null, work });
      return this.#ids;
    };
    const clear = (id: number | undefined): void => {
      if (id !== undefined) this.#timers.delete(id);
    };
    scope["setTimeout"] = set(false);
    scope["setInterval"] = set(true);
    scope["clearTimeout"] = clear;
    scope["clearInterval"] = clear;
    Object.defineProperty(performance, "now", { value: () => this.now, configurable: true });
    Object.defineProperty(performance, "timeOrigin", { value: 0, configurable: true });
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end);
      due.sort(([a, one], [b, other]) => one.at - other.at || a - b);
      const next = due[0];
      if (!next) break;
      const [id, timer] = next;
      this.now = Math.max(this.now, timer.at);
      if (timer.every === null) this.#timers.delete(id);
      else timer.at += timer.every;
      timer.work();
    }
    this.now = end;
  }
}

/** Waits for something that takes its own time, such as a checksum, without the test's time passing. */
export async function until(happened: () => boolean): Promise<void> {
  for (let looks = 0; looks < 100_000; looks += 1) {
    if (happened()) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  throw new Error("It never happened.");
}
