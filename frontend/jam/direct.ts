// Who of the room one is connected with directly, and so shows one's network address to; and what the
// detour through the relay costs. The server decides; this is what it said, and the frames that ask it.
import type { FromServer, PeerInfo, ToServer } from "./protocol";

export class Direct {
  /** whether sound goes through a relay here, but between those who agreed */
  relayed = false;
  /** whether this person goes direct with people they know; null where nobody is asked */
  known: boolean | null = null;
  /** the round trip to the relay in ms; null while it isn't known */
  relayMs: number | null = null;

  constructor(
    readonly send: (frame: ToServer) => void,
    readonly measure: (ice: RTCIceServer[]) => Promise<number | null> = () => Promise.resolve(null),
    readonly changed: () => void = () => undefined,
  ) {}

  /** Takes in what a frame says of this; the room draws itself anew. */
  take(frame: FromServer): void {
    if (frame.t === "welcome") {
      this.relayed = frame.policy === "relay";
      this.known = frame.direct?.known ?? null;
      if (this.known !== null && this.relayMs === null) void this.#measure(frame.ice);
    } else if (frame.t === "direct") {
      this.known = frame.known ?? null;
    }
  }

  async #measure(ice: RTCIceServer[]): Promise<void> {
    this.relayMs = await this.measure(ice);
    this.changed();
  }

  /** Those whom this person was never asked about. */
  strangers(people: readonly PeerInfo[]): PeerInfo[] {
    return this.known === null ? [] : people.filter(({ asks }) => asks);
  }

  answer(people: readonly PeerInfo[], yes: boolean): void {
    if (people.length) this.send({ t: "direct.answer", users: people.map(({ user }) => user), yes });
  }

  choose(on: boolean): void {
    this.known = on; // the server says it again, or otherwise
    this.send({ t: "direct.known", on });
  }

  /**
   * By how many ms of delay a pair could gain at most, direct instead of through the relay: no detour
   * is longer than twice its shorter leg. `throughMs`: their round trip through the relay, if known.
   */
  gain(throughMs: number | null): number | null {
    if (this.relayMs === null) return null;
    const theirs = throughMs === null ? Infinity : Math.max(0, throughMs - this.relayMs);
    return Math.min(this.relayMs, theirs);
  }
}
