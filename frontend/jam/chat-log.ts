// What was said in the room, as far as this client has been told: one stretch without a gap, up to now.
import type { ChatMessage } from "./protocol";

export class ChatLog {
  #lines: ChatMessage[] = [];
  /** whether there are lines before the first one */
  more = false;

  get lines(): readonly ChatMessage[] {
    return this.#lines;
  }

  /**
   * After each connection: the newest lines. What stood here and isn't among them was deleted, or is none of
   * ours any more; earlier lines stay only where they join on.
   */
  renew(newest: readonly ChatMessage[], more: boolean): void {
    const joint = this.#lines.findIndex((line) => line.id === newest[0]?.id);
    const before = more && joint > 0 ? this.#lines.slice(0, joint) : [];
    if (before.length === 0) this.more = more;
    this.#lines = [...before, ...newest];
  }

  add(line: ChatMessage): void {
    if (this.#lines.every((known) => known.id !== line.id)) this.#lines.push(line);
  }

  earlier(lines: readonly ChatMessage[], more: boolean): void {
    const known = new Set(this.#lines.map((line) => line.id));
    this.#lines.unshift(...lines.filter((line) => !known.has(line.id)));
    this.more = more;
  }

  gone(id: string): void {
    this.#lines = this.#lines.filter((line) => line.id !== id);
  }
}
