// All other players. Keeps the sound of somebody whose connection to the website (not to us) was cut
// until their new connection sounds: the room plays on when the website restarts.
import type { Caps, PeerInfo, PeerState, Welcome } from "../protocol";
import type { AudioGraph } from "./graph";
import type { Engine, LinkState, Signal } from "./link";
import type { Level } from "./meter";
import type { Mixer } from "./mixer";
import type { NetClient } from "./net-client";
import { Player } from "./player";
import type { Sfu } from "../sfu/sfu";

export interface MeshEvents {
  signal(to: string, data: Signal): void;
  /** Somebody came, went, or changed. */
  changed(): void;
  level(player: Player, level: Level): void;
}

const DRAIN_MS = 20_000;

export class Mesh {
  readonly players = new Map<string, Player>();
  readonly #draining = new Map<string, { player: Player; end: ReturnType<typeof setTimeout> }>();
  #ice: RTCIceServer[] = [];
  #policy: RTCIceTransportPolicy = "all";
  /** of this page, for all connections */
  certificate: RTCCertificate | null = null;
  /** what carries the sound of a larger room, in place of connections between browsers */
  sfu: Sfu | null = null;
  #muted = false;
  #track: { source: MediaStreamTrack; copy: MediaStreamTrack } | null = null;

  constructor(
    readonly graph: AudioGraph,
    readonly net: NetClient | null,
    readonly engine: Engine,
    readonly caps: Caps,
    readonly mixer: Mixer,
    readonly events: MeshEvents,
  ) {}

  welcome(frame: Welcome): void {
    this.#ice = frame.ice;
    this.#policy = frame.policy;
    for (const player of this.players.values()) this.#drain(player);
    this.players.clear();
    for (const info of frame.peers) this.#add(info, true);
    this.events.changed();
  }

  joined(info: PeerInfo): void {
    const before = [...this.players.values()].find((player) => player.info.user === info.user);
    if (before) {
      this.players.delete(before.info.peer);
      this.#drain(before);
    }
    this.#add(info, false);
    this.events.changed();
  }

  left(peer: string): void {
    const player = this.players.get(peer);
    if (player) {
      this.#close(player);
      this.players.delete(peer);
      this.events.changed();
      return;
    }
    for (const { player: old } of [...this.#draining.values()]) {
      if (old.info.peer === peer) this.#drained(old.info.user);
    }
  }

  state(state: PeerState): void {
    const player = this.players.get(state.peer);
    if (!player) return;
    const { muted, recorded, policy, agreed, asks, sfu } = state;
    player.info = { ...player.info, muted, recorded, policy, agreed, asks, ...(sfu === undefined ? {} : { sfu }) };
    player.link.repath(policy ?? this.#policy);
    this.#hide(player);
    this.events.changed();
  }

  /** Fresh credentials for the relay. */
  renew(ice: RTCIceServer[]): void {
    this.#ice = ice;
    for (const player of this.players.values()) player.link.ice = ice;
  }

  signal(from: string, data: Signal): void {
    this.players.get(from)?.link.take(data);
  }

  #add(info: PeerInfo, offers: boolean): void {
    const player: Player = new Player(
      info,
      {
        offers,
        engine: this.engine,
        caps: this.caps,
        ice: this.#ice,
        policy: info.policy ?? this.#policy,
        certificate: this.certificate,
        link: this.sfu ? (setup, events) => this.sfu!.link(info, setup, events) : undefined,
        track: () => this.ownTrack(),
      },
      this.graph,
      this.net,
      {
        signal: (data) => this.events.signal(info.peer, data),
        state: (state) => this.#state(player, state),
        level: (level) => this.events.level(player, level),
        aside: () => this.events.changed(),
      },
    );
    this.mixer.plug(info.user, player.strip);
    this.players.set(info.peer, player);
    this.#hide(player);
  }

  #state(player: Player, state: LinkState): void {
    if (state === "open") this.#drained(player.info.user);
    if (this.players.has(player.info.peer)) this.events.changed();
  }

  /** What still sounds of somebody from before must not be direct either, where the path may not be. */
  #hide(player: Player): void {
    const old = this.#draining.get(player.info.user)?.player;
    if (player.link.setup.policy === "relay" && old?.link.policy === "all") this.#drained(player.info.user);
  }

  #close(player: Player): void {
    this.mixer.unplug(player.info.user, player.strip);
    player.close();
  }

  #drain(player: Player): void {
    const { user } = player.info;
    this.#drained(user);
    const end = setTimeout(() => this.#drained(user), DRAIN_MS);
    this.#draining.set(user, { player, end });
  }

  #drained(user: string): void {
    const entry = this.#draining.get(user);
    if (!entry) return;
    clearTimeout(entry.end);
    this.#close(entry.player);
    this.#draining.delete(user);
  }

  /** Our own track for the fallback engine: the microphone itself, as the graph would add 19 ms. */
  ownTrack(): MediaStreamTrack | null {
    const source = this.graph.input.stream?.getAudioTracks()[0] ?? null;
    if (this.#track?.source !== source) {
      this.#track?.copy.stop();
      this.#track = source ? { source, copy: source.clone() } : null;
    }
    if (this.#track) this.#track.copy.enabled = !this.#muted;
    return this.#track?.copy ?? null;
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    if (this.#track) this.#track.copy.enabled = !muted;
  }

  async retrack(): Promise<void> {
    for (const player of this.players.values()) await player.link.retrack();
  }

  close(): void {
    for (const user of [...this.#draining.keys()]) this.#drained(user);
    for (const player of this.players.values()) this.#close(player);
    this.players.clear();
    this.#track?.copy.stop();
    this.#track = null;
  }
}
