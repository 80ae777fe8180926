// Chat lines on their way: kept until the server acknowledges their ref, sent again after each
// reconnection (it stores each ref once), given up one by one when it says why.
import type { ToServer } from "./protocol";

export interface Line {
  readonly ref: string;
  readonly text: string;
  /** Why it was given up; null while it is on its way. */
  refused: string | null;
}

const ANSWER_MS = 8000;
const AGAIN_MS = 3000;

export interface UnsaidEvents {
  /** False while there is no connection. */
  send(frame: ToServer): boolean;
  /** Nothing was answered: the connection is dead, whatever it says of itself. */
  silent(): void;
  changed(lines: readonly Line[]): void;
}

export class Unsaid {
  readonly #lines = new Map<string, Line>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(readonly events: UnsaidEvents) {}

  get lines(): readonly Line[] {
    return [...this.#lines.values()];
  }

  say(text: string): void {
    const line: Line = { ref: crypto.randomUUID(), text, refused: null };
    this.#lines.set(line.ref, line);
    this.#send(line);
    this.#changed();
  }

  /** After `welcome`: the room takes words again. */
  sendAll(): void {
    for (const line of this.#lines.values()) this.#send(line);
  }

  #send(line: Line): void {
    if (line.refused !== null || !this.#lines.has(line.ref)) return;
    const sent = this.events.send({ t: "chat", text: line.text, ref: line.ref });
    if (sent) this.#after(line.ref, ANSWER_MS, () => this.events.silent());
  }

  /** The line is stored. Returns whether it waited. */
  settle(ref: string): boolean {
    this.#after(ref, 0, null);
    const waited = this.#lines.delete(ref);
    if (waited) this.#changed();
    return waited;
  }

  /** Returns whether the error was about a line of ours. */
  refused(ref: string, code: string, text: string, wait: number | undefined): boolean {
    const line = this.#lines.get(ref);
    if (!line) return false;
    if (code === "too_many") this.#after(ref, 1000 * (wait ?? 1), () => this.#send(line));
    else if (code === "away") this.#after(ref, AGAIN_MS, () => this.#send(line));
    else {
      this.#after(ref, 0, null);
      line.refused = text;
      this.#changed();
    }
    return true;
  }

  /** Take a line back, to be written anew. */
  drop(ref: string): void {
    this.settle(ref);
  }

  #after(ref: string, ms: number, work: (() => void) | null): void {
    clearTimeout(this.#timers.get(ref));
    this.#timers.delete(ref);
    if (work) this.#timers.set(ref, setTimeout(work, ms));
  }

  #changed(): void {
    this.events.changed(this.lines);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
