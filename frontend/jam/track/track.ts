// The room's backing track: what the server tells of it, what of it is loaded here, and what hosts change.
import type { ContextClock } from "../beat/context-clock";
import type { SessionClock } from "../clock";
import type { AudioGraph } from "../engine/graph";
import type { Mixer } from "../engine/mixer";
import type { Mix } from "../engine/strip";
import type { FromServer, ToServer } from "../protocol";
import { TrackPlayer } from "./player";
import { aboutTrack, soundOf, type TrackAbout } from "./source";
import { positionAt, type HeardTrack, type Track, type TrackWish } from "./timeline";

/** The channel of the mixer; people's have ids. */
export const CHANNEL = "track";
const SMOOTH_S = 0.015;

export type Loading = "none" | "loading" | "ready" | "failed";

/** What the track needs of the room. */
export interface TrackRoom {
  clock: () => SessionClock;
  mixer: () => Mixer;
  worker: () => string;
  send: (frame: ToServer) => void;
  changed: () => void;
}

export class BackingTrack {
  /** null: there is none */
  told: Track | null = null;
  about: TrackAbout | null = null;
  loading: Loading = "none";
  player: TrackPlayer | null = null;
  #graph: AudioGraph | null = null;
  #loads = ""; // what is loaded or on its way
  #level: AnalyserNode | null = null;

  constructor(readonly room: TrackRoom) {}

  use(graph: AudioGraph, context: ContextClock): void {
    this.#graph = graph;
    const pan = new StereoPannerNode(graph.context);
    const gain = new GainNode(graph.context);
    gain.connect(pan).connect(graph.track);
    this.#level = new AnalyserNode(graph.context, { fftSize: 2048 });
    gain.connect(this.#level);
    this.player = new TrackPlayer(this.room.clock(), context, gain, this.room.worker());
    const set = (mix: Mix, othersSolo: boolean): void => {
      const silent = mix.muted || (othersSolo && !mix.solo);
      gain.gain.setTargetAtTime(silent ? 0 : mix.volume, graph.context.currentTime, SMOOTH_S);
      pan.pan.setTargetAtTime(mix.pan, graph.context.currentTime, SMOOTH_S);
    };
    this.room.mixer().plug(CHANNEL, { set });
    this.#renew();
  }

  take(frame: FromServer): void {
    if (frame.t !== "track" && frame.t !== "welcome") return;
    this.told = frame.track ?? null;
    this.#renew();
    this.room.changed();
  }

  /** The track, if there is one that this person may hear. */
  get heard(): HeardTrack | null {
    return this.told?.hears ? this.told : null;
  }

  /** ms of its sound, as it is heard now; null without a track. */
  get position(): number | null {
    const now = this.room.clock().now();
    const track = now === null ? null : (this.player?.timeline.at(now) ?? this.heard);
    return track && now !== null ? positionAt(track, now) : null;
  }

  /** Whether it sounds by now: not stopped, and not at its end. */
  get runs(): boolean {
    const { heard } = this;
    const now = this.room.clock().now();
    return heard !== null && heard.playing && (now === null || positionAt(heard, now) < heard.duration || heard.loop !== null);
  }

  /** How loud it is here, RMS: for tests. */
  get level(): number {
    if (!this.#level) return 0;
    const samples = new Float32Array(this.#level.fftSize);
    this.#level.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  }

  #renew(): void {
    const { heard, player } = this;
    if (!player) return;
    const wanted = heard ? [heard.recording, heard.mix, ...heard.stems].join() : "";
    if (wanted !== this.#loads) {
      this.#loads = wanted;
      this.about = null;
      player.use(null);
      this.loading = heard ? "loading" : "none";
      if (heard) void this.#load(heard, wanted);
    }
    player.take(heard);
  }

  async #load(track: HeardTrack, wanted: string): Promise<void> {
    const isWanted = (): boolean => this.#loads === wanted;
    try {
      const about = await aboutTrack(track.recording);
      if (!isWanted()) return;
      this.about = about;
      this.room.changed();
      const sound = await soundOf(this.#graph!.context, about, track.stems);
      if (!isWanted()) return;
      this.player?.use(sound);
      this.loading = "ready";
    } catch {
      if (!isWanted()) return;
      this.loading = "failed";
    }
    this.room.changed();
  }

  /** Loads again what couldn't be. */
  retry(): void {
    this.#loads = "";
    this.#renew();
    this.room.changed();
  }

  // ---- for hosts -----------------------------------------------------------------------------------

  /** Puts a recording on for everybody, at its beginning and stopped. */
  put(recording: string, stems: string[] = []): void {
    this.room.send({ t: "track", recording, stems, playing: false, position: 0, tempo: 100, pitch: 0, loop: null });
  }

  /** Changes a part of how it plays; where it is stays, unless it is told. */
  change(part: Partial<TrackWish>): void {
    const { heard } = this;
    if (!heard) return;
    const { recording, stems, playing, tempo, pitch, loop } = heard;
    this.room.send({ t: "track", recording, stems, playing, tempo, pitch, loop, position: null, ...part });
  }

  /** Starts it, from the beginning where it has ended, or stops it. */
  toggle(): void {
    if (this.runs) this.change({ playing: false });
    else this.change({ playing: true, position: this.heard?.playing ? 0 : this.#atEnd ? 0 : null });
  }

  get #atEnd(): boolean {
    return this.heard !== null && (this.position ?? 0) >= this.heard.duration;
  }

  remove(): void {
    this.room.send({ t: "track", recording: null, stems: [], playing: false, position: null, tempo: 100, pitch: 0, loop: null });
  }

  end(): void {
    this.#loads = "";
    this.player?.close();
    this.player?.take(null);
    this.told = null;
    this.loading = "none";
  }
}
