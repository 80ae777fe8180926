// What hosts decide about who is in the room: what is known of it here, and the frames that ask for it.
import type { Door, FromServer, PeerInfo, PeerState, Rights, Role, Seat, ToServer, Turn, Waiting, Welcome } from "./protocol";

/** As much of a player as it takes to play nothing of them. */
export interface Silenced {
  info: PeerInfo;
  strip: { held: boolean };
}

export class Hosting {
  #session: Welcome["session"] | null = null;
  /** who waits to be let in, first come first; hosts alone are told */
  waiting: readonly Waiting[] = [];
  seat: Seat = { role: "player", rights: { chat: true, record: true, tempo: true, invite: true }, offered: false };
  #turn: Turn = { user: null, until: null, yours: false };
  readonly #states = new Map<string, PeerState>();

  constructor(readonly send: (frame: ToServer) => void) {}

  /** Takes in what a frame says of this; the room draws itself anew, and does the rest of it. */
  take(frame: FromServer): void {
    switch (frame.t) {
      case "welcome":
        this.#session = frame.session;
        this.seat = frame.seat;
        this.#turn = frame.turn;
        this.#states.clear();
        this.waiting = []; // said anew to hosts, where somebody waits
        for (const info of frame.peers) this.#states.set(info.peer, info);
        break;
      case "door":
        if (this.#session) {
          this.#session = { ...this.#session, locked: frame.locked, asks_first: frame.asks_first };
        }
        break;
      case "seat":
        this.seat = frame;
        if (!this.isHost) this.waiting = [];
        break;
      case "turn":
        this.#turn = frame;
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
    return this.seat.role !== "player";
  }

  rightsOf(info: PeerInfo): Rights | null {
    return (this.#states.get(info.peer) ?? info).rights;
  }

  /** Co-hosts decide about players, the host about everybody else. */
  #decidesAbout(info: PeerInfo): boolean {
    const role = this.roleOf(info);
    return this.seat.role === "host" ? role !== "host" : this.isHost && role === "player";
  }

  get isTheHost(): boolean {
    return this.seat.role === "host";
  }

  mayChangeRights(info: PeerInfo): boolean {
    return this.#decidesAbout(info) && this.roleOf(info) === "player" && this.rightsOf(info) !== null;
  }

  setRights(info: PeerInfo, change: Partial<Rights>): void {
    const rights = this.rightsOf(info);
    if (rights) this.send({ t: "host.rights", user: info.user, ...rights, ...change });
  }

  setCoHost(info: PeerInfo, coHost: boolean): void {
    this.send({ t: "host.role", user: info.user, co_host: coHost });
  }

  offer(info: PeerInfo): void {
    this.send({ t: "host.offer", user: info.user });
  }

  takeOver(yes: boolean): void {
    this.send({ t: "host.take", yes });
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

  /** Seconds that somebody's turn still has, at a time of the session clock; null when it isn't theirs. */
  turnOf(info: PeerInfo, now: number | null): number | null {
    return this.#turn.user === info.user ? this.#turnLeft(now) : null;
  }

  /** The same of this person's own turn. */
  ownTurn(now: number | null): number | null {
    return this.#turn.yours ? this.#turnLeft(now) : null;
  }

  #turnLeft(now: number | null): number | null {
    const { until } = this.#turn;
    return until === null || now === null || until <= now ? null : Math.ceil((until - now) / 1000);
  }

  giveTurn(info: PeerInfo | null): void {
    this.send({ t: "host.turn", user: info?.user ?? null });
  }

  /** Whether it is this person's turn, by the session clock. */
  hasTurn(info: PeerInfo, now: number | null): boolean {
    return this.turnOf(info, now) !== null;
  }

  mutedByHost(info: PeerInfo): boolean {
    return (this.#states.get(info.peer) ?? info).muted_by_host;
  }

  /** Whether this person may mute that one for everybody. */
  mayMute(info: PeerInfo): boolean {
    return this.#decidesAbout(info);
  }

  mute(info: PeerInfo, muted: boolean): void {
    this.send({ t: "host.mute", user: info.user, muted });
  }

  pictureHeld(info: PeerInfo): boolean {
    return (this.#states.get(info.peer) ?? info).picture_held === true;
  }

  /** Who may mute somebody may turn their picture off, too. */
  holdPicture(info: PeerInfo, held: boolean): void {
    this.send({ t: "host.picture", user: info.user, held });
  }

  /** Plays nothing of those whom a host muted, whatever their own client does; the mixer stays as it is set. */
  silence(players: Iterable<Silenced>): void {
    for (const { info, strip } of players) strip.held = this.mutedByHost(info);
  }

  /** Whether this person may take that one's seat away. */
  mayRemove(info: PeerInfo): boolean {
    return this.#decidesAbout(info);
  }

  remove(info: PeerInfo): void {
    this.send({ t: "host.remove", user: info.user });
  }
}
