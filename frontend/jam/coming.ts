// What everybody in a room is told before it holds: a tempo that begins with the next bar, another place of
// the track. What was goes on until then.

/** What holds and what comes; `from`: the session ms at which it begins to hold. */
export abstract class Coming<T extends { from: number }> {
  protected now: T | null = null;
  protected next: T | null = null;

  /** Whether what is told waits, while something else holds, for its moment; else it holds at once. */
  protected abstract waits(told: T, now: T): boolean;

  /** `at`: session ms now. */
  take(told: T | null, at: number): void {
    this.settle(at);
    if (told && this.now && told.from > at && this.waits(told, this.now)) this.next = told;
    else {
      this.now = told;
      this.next = null;
    }
  }

  protected settle(at: number): void {
    if (!this.next || at < this.next.from) return;
    this.now = this.next;
    this.next = null;
  }

  /** What was told last: what the controls show. */
  get told(): T | null {
    return this.next ?? this.now;
  }

  /** What holds at a session time. */
  at(now: number): T | null {
    this.settle(now);
    return this.now;
  }

  /** Session ms from which on what holds now holds no more. */
  get ends(): number {
    return this.next?.from ?? Infinity;
  }
}
