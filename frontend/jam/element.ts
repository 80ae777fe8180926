// <jam-room>: puts the room and its views together, and shows tests what is heard.
import { readSettings } from "./settings";
import type { PictureKind } from "./engine/picture-choice";
import type { Sent } from "./engine/player-pictures";
import { pathOf } from "./engine/path";
import { Room } from "./room";
import { h, text } from "./ui/dom";
import { RoomView } from "./ui/room-view";
import { SoundCheck } from "./ui/sound-check";
import { words } from "./words";

export interface PeerFigures {
  peer: string;
  user: string;
  name: string;
  state: string;
  muted: boolean;
  level: number;
  latencyMs: number | null;
  bufferMs: number | null;
  roundTripMs: number | null;
  engine: string | null;
  sending: string | null;
  form: { ms: number; rate: number; repeats: number } | null;
  lost: number;
  mended: number;
  late: number;
  underruns: number;
  concealedMs: number;
  heldBack: number;
  missingMs: number;
  /** how the two are connected, and the code both can compare */
  policy: string | null;
  code: string | null;
  /** how far pictures to them are stepped down, and what goes each way */
  pictures: { step: number; sent: Record<PictureKind, Sent>; theirs: Record<PictureKind, Sent> };
}

export class JamRoomElement extends HTMLElement {
  #room: Room | null = null;
  #check: SoundCheck | null = null;
  #view: RoomView | null = null;
  #polite = h("p", { class: "visually-hidden", "aria-live": "polite" });
  #urgent = h("p", { class: "jam-problem", role: "alert", hidden: true });
  #timer: ReturnType<typeof setInterval> | undefined;
  #hush: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    if (this.#room) return;
    if (typeof AudioWorkletNode === "undefined" || typeof RTCPeerConnection === "undefined") {
      this.replaceChildren(h("p", { class: "jam-problem", role: "alert" }, words.check.unsupported));
      return;
    }
    const room = new Room(readSettings(this), {
      change: () => this.#view?.update(),
      level: (player, level) => {
        if (player === null) this.#check?.level(level);
        this.#view?.level(player, level);
      },
      chat: (earlier) => this.#view?.chat.draw(earlier),
      sheets: (ref) => this.#view?.setList.draw(ref),
      unsaid: (lines) => this.#view?.chat.unsaid(lines),
      notice: (sentence, urgent) => this.#notice(sentence, urgent),
    });
    this.#room = room;
    this.#timer = setInterval(() => void this.#report(), 500);
    const { joined } = room.memory;
    if (joined) {
      // A reload in the room: straight back in; a browser that wants a click first shows one button.
      this.#enter();
      room.join(joined).catch(() => this.#askAgain());
    } else this.#askAgain();
  }

  #askAgain(): void {
    const room = this.#room;
    if (!room) return;
    this.#view?.close();
    this.#view = null;
    this.#check = new SoundCheck(room, () => this.#enter());
    this.replaceChildren(this.#polite, this.#urgent, this.#check.element);
  }

  #enter(): void {
    const room = this.#room;
    if (!room) return;
    const hadFocus = this.contains(document.activeElement);
    this.#check?.close();
    this.#check = null;
    this.#view = new RoomView(room);
    this.replaceChildren(this.#polite, this.#urgent, this.#view.element);
    if (hadFocus) this.querySelector<HTMLElement>(".jam-bar .button:not([hidden])")?.focus();
  }

  #notice(sentence: string, urgent: boolean): void {
    if (!urgent) {
      text(this.#polite, sentence);
      return;
    }
    text(this.#urgent, sentence);
    this.#urgent.hidden = false;
    clearTimeout(this.#hush);
    this.#hush = setTimeout(() => (this.#urgent.hidden = true), 15_000);
  }

  async #report(): Promise<void> {
    for (const player of this.#room?.mesh?.players.values() ?? []) await player.poll();
    this.#room?.match();
    this.#room?.measure(performance.now());
    this.dispatchEvent(new CustomEvent<PeerFigures[]>("jam-room:stats", { detail: this.peers }));
  }

  // ---- for tests and troubleshooting: only looks, never acts -------------------------------------

  get peers(): PeerFigures[] {
    return [...(this.#room?.mesh?.players.values() ?? [])].map((player) => ({
      peer: player.info.peer,
      user: player.info.user,
      name: player.info.name,
      muted: player.info.muted,
      state: player.link.state,
      policy: player.link.policy,
      code: player.code,
      pictures: player.pictures.figures,
      level: player.strip.level.rms,
      ...player.stats,
    }));
  }

  get room(): {
    sampleRate: number | null; context: string | null; clockOffset: number | null; outputMs: number | null;
  } {
    const context = this.#room?.graph?.context;
    const clock = this.#room?.metronome.context;
    return {
      outputMs: clock?.ready ? clock.out - clock.in : null,
      sampleRate: context?.sampleRate ?? null,
      context: context?.state ?? null,
      clockOffset: this.#room?.clock.offset ?? null,
    };
  }

  /** What is heard here of the backing track: its position in ms and how loud it is. */
  get track(): { loading: string; position: number | null; level: number; rev: number | null } | null {
    const track = this.#room?.track;
    return track ? { loading: track.loading, position: track.position, level: track.level, rev: track.heard?.rev ?? null } : null;
  }

  /** The round trip to the relay in ms, if it was measured. */
  get relayMs(): number | null {
    return this.#room?.direct.relayMs ?? null;
  }

  /** Decibels per bin (0 to half the sample rate) of what this person sends, as it arrives here. */
  spectrum(user: string): Float32Array | null {
    for (const player of this.#room?.mesh?.players.values() ?? []) {
      if (player.info.user === user) return player.strip.spectrum();
    }
    return null;
  }

  /** The kinds of candidates (RFC 8839) of the paths that are in use, at each end. */
  async paths(): Promise<{ local: string[]; remote: string[] }> {
    const found = { local: new Set<string>(), remote: new Set<string>() };
    for (const { link } of this.#room?.mesh?.players.values() ?? []) {
      const path = await pathOf(link.pc);
      if (path) found.local.add(path.local);
      if (path) found.remote.add(path.remote);
    }
    return { local: [...found.local], remote: [...found.remote] };
  }

  /** Uploads stems that an earlier page left here. */
  resumeUploads(): void {
    this.#room?.take.store.resume();
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#hush);
    this.#check?.close();
    this.#view?.close();
    this.#room?.close();
    this.#room = null;
  }
}
