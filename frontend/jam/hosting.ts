// What hosts decide about who is in the room: what is known of it here, and the frames that ask for it.
import type { Door, FromServer, PeerInfo, PeerState, Role, ToServer, Waiting, Welcome } from "./protocol";

/** As much of a player as it takes to play nothing of them. */
export interface Silenced {
  info: PeerInfo;
  strip: { held: boolean };
}

export class Hosting {
  #session: Welcome["session"] | null = null;
  /** who waits to be let in, first come first; hosts alone are told */
  waiting: readonly Waiting[] = [];
  readonly #states = new Map<string, PeerState>();

  constructor(readonly send: (frame: ToServer) => void) {}

  /** Takes in what a frame says of this; the room draws itself anew, and does the rest of it. */
  take(frame: FromServer): void {
    switch (frame.t) {
      case "welcome":
        this.#session = frame.session;
        this.#states.clear();
        this.waiting = []; // said anew to hosts, where somebody waits
        for (const info of frame.peers) this.#states.set(info.peer, info);
        break;
      case "door":
        if (this.#session) {
          this.#session = { ...this.#session, locked: frame.locked, asks_first: frame.asks_first };
        }
        break;
      case "knocks":
        this.waiting = frame.waiting;
        break;
      case "peer.joined":
      case "state":
        this.#states.set(frame.peer, frame);
        break;
      case "peer.left":
        this.#states.delete(frame.peer);
        break;
    }
  }

  get isHost(): boolean {
    return this.#session?.host ?? false;
  }

  get door(): Door {
    return { locked: this.#session?.locked ?? false, asks_first: this.#session?.asks_first ?? false };
  }

  setDoor(change: Partial<Door>): void {
    this.send({ t: "host.door", ...this.door, ...change });
  }

  answer(waiting: Waiting, admit: boolean): void {
    this.send({ t: "knock.answer", user: waiting.user, admit });
  }

  roleOf(info: PeerInfo): Role {
    return this.#states.get(info.peer)?.role ?? info.role;
  }

  mutedByHost(info: PeerInfo): boolean {
    return (this.#states.get(info.peer) ?? info).muted_by_host;
  }

  /** Whether this person may mute that one for everybody. */
  mayMute(info: PeerInfo): boolean {
    return this.isHost && this.roleOf(info) !== "host";
  }

  mute(info: PeerInfo, muted: boolean): void {
    this.send({ t: "host.mute", user: info.user, muted });
  }

  /** Plays nothing of those whom a host muted, whatever their own client does; the mixer stays as it is set. */
  silence(players: Iterable<Silenced>): void {
    for (const { info, strip } of players) strip.held = this.mutedByHost(info);
  }

  /** Whether this person may take that one's seat away. */
  mayRemove(info: PeerInfo): boolean {
    return this.isHost && this.roleOf(info) !== "host";
  }

  remove(info: PeerInfo): void {
    this.send({ t: "host.remove", user: info.user });
  }
}
