// How loud one hears whom: by person, so that whoever comes back sounds as before. It stays on this device.
import { PLAIN, type Mix } from "./strip";

export interface MixMemory {
  mixes: Record<string, Mix>;
}

/** What a strip of the mixer takes. */
interface Channel {
  set(mix: Mix, othersSolo: boolean): void;
}

export class Mixer {
  readonly #mixes: Map<string, Mix>;
  /** of a person who has just come back there are two for a while */
  readonly #channels = new Map<string, Set<Channel>>();

  constructor(readonly memory: MixMemory) {
    this.#mixes = new Map(Object.entries(memory.mixes));
  }

  of(user: string): Mix {
    return this.#mixes.get(user) ?? PLAIN;
  }

  plug(user: string, channel: Channel): void {
    const theirs = this.#channels.get(user) ?? new Set();
    this.#channels.set(user, theirs.add(channel));
    this.#apply();
  }

  /** Forgets the strip, not how it was set. */
  unplug(user: string, channel: Channel): void {
    const theirs = this.#channels.get(user);
    theirs?.delete(channel);
    if (theirs?.size === 0) this.#channels.delete(user);
    this.#apply();
  }

  change(user: string, part: Partial<Mix>): void {
    this.#mixes.set(user, { ...this.of(user), ...part });
    this.memory.mixes = Object.fromEntries(this.#mixes);
    this.#apply();
  }

  #apply(): void {
    // Who is not here silences nobody: a solo of somebody who left would be a room without sound.
    const soloed = [...this.#channels.keys()].filter((user) => this.of(user).solo);
    for (const [user, theirs] of this.#channels) {
      const othersSolo = soloed.some((other) => other !== user);
      for (const channel of theirs) channel.set(this.of(user), othersSolo);
    }
  }
}
