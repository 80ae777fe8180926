// Listeners, as one player's room knows of them: what was agreed to, and the sending of what they hear.
import type { AudioGraph } from "../engine/graph";
import type { Player } from "../engine/player";
import type { Strip } from "../engine/strip";
import type { FromServer, ToServer } from "../protocol";
import { StreamEncoder, encodes } from "./encoder";
import { EVEN, Master } from "./master";
import { Parts } from "./parts";
import type { MasterMix, Reaction, StreamInfo } from "./protocol";

const ANEW_MS = 3000; // between two wishes for a new version

/** What the stream needs to know of the room it is in. */
export interface StreamRoom {
  readonly graph: AudioGraph | null;
  readonly players: Iterable<Player>;
  /** whether this person's own sound is heard by nobody now */
  readonly silent: boolean;
}

export class Stream {
  info: StreamInfo | null = null;
  /** whether this page is the one that sends, or tries to */
  wanted = false;
  onReaction: (kind: Reaction) => void = () => undefined;
  #master: Master | null = null;
  #parts: Parts | null = null;
  #encoder: StreamEncoder | null = null;
  #anewAt = -Infinity;

  constructor(
    readonly room: StreamRoom,
    readonly send: (frame: ToServer) => void,
    readonly csrfCookie: string,
  ) {}

  get sending(): boolean {
    return this.#parts !== null;
  }

  /** Whether this browser can send a stream at all. */
  static able(): Promise<boolean> {
    return encodes();
  }

  mixOf(user: string): MasterMix {
    return this.info?.mix[user] ?? EVEN;
  }

  /** Takes in what a frame says of this; the room draws itself anew. */
  take(frame: FromServer): void {
    if (frame.t === "reaction") this.onReaction(frame.kind);
    if (frame.t === "error" && frame.for === "stream.send" && !this.sending) this.wanted = false;
    const info = frame.t === "welcome" ? frame.stream : frame.t === "stream" ? frame : undefined;
    if (!info) return;
    this.info = info;
    const mine = info.on && info.sender === info.me;
    if (this.wanted && mine) this.#go(info.version);
    else if (this.wanted && this.sending && frame.t === "welcome") this.start();
    else if (this.wanted && this.sending) this.wanted = false;
    if (!mine || !this.wanted) this.#stop();
  }

  allow(on: boolean): void {
    this.send({ t: "stream.allow", on });
  }

  answer(yes: boolean): void {
    if (!yes) this.apply(true);
    this.send({ t: "stream.answer", yes });
  }

  start(): void {
    this.wanted = true;
    this.send({ t: "stream.send", on: true });
  }

  end(): void {
    this.wanted = false;
    this.#stop();
    this.send({ t: "stream.send", on: false });
  }

  change(user: string, part: Partial<MasterMix>): void {
    if (!this.info) return;
    const mix = { ...this.mixOf(user), ...part };
    this.info.mix[user] = mix; // the server says it again, or otherwise
    this.apply();
    this.send({ t: "stream.mix", user, ...mix });
  }

  /** Takes in who is there, who is muted, how it is mixed. `alone`: nobody's sound from now on. */
  apply(alone = false): void {
    const { info } = this;
    if (!this.#master || !info) return;
    const voices = new Set(alone ? [] : info.voices);
    const strips = new Map<Strip, MasterMix>();
    for (const { info: { user }, strip } of this.room.players) {
      const mix = this.mixOf(user);
      if (voices.has(user)) strips.set(strip, { ...mix, muted: mix.muted || strip.held });
    }
    const own = this.mixOf(info.me);
    const silent = this.room.silent || !voices.has(info.me);
    this.#master.set(strips, { ...own, muted: own.muted || silent });
  }

  #go(version: number): void {
    const { graph } = this.room;
    if (!graph || !this.info) return;
    if (this.#parts?.version === version) return this.apply();
    this.#parts?.close();
    this.#encoder?.close();
    this.#master ??= new Master(graph, (sound) => this.#encoder?.add(sound));
    this.apply();
    this.#master.anew();
    const parts = new Parts(this.info.parts, version, () => this.#csrf, {
      stale: (standing) => {
        if (!this.info || this.#parts !== parts) return;
        this.info = { ...this.info, ...standing };
        this.#go(standing.version);
      },
      behind: () => this.#anew(),
      over: () => this.#stop(),
    });
    this.#parts = parts;
    this.#encoder = new StreamEncoder((packet) => {
      if (this.#parts === parts) parts.add(packet);
    });
  }

  get #csrf(): string {
    const found = document.cookie.split("; ").find((one) => one.startsWith(`${this.csrfCookie}=`));
    return decodeURIComponent(found?.slice(this.csrfCookie.length + 1) ?? "");
  }

  #anew(): void {
    const wait = Math.max(0, this.#anewAt + ANEW_MS - performance.now());
    this.#anewAt = performance.now() + wait;
    setTimeout(() => {
      if (this.wanted) this.start();
    }, wait);
  }

  #stop(): void {
    this.#parts?.close();
    this.#encoder?.close();
    this.#master?.close();
    this.#parts = this.#encoder = this.#master = null;
  }

  close(): void {
    this.wanted = false;
    this.#stop();
  }
}
