// One other player in the room: their link, their strip in the mixer, what is known of their sound.
import type { PeerInfo } from "../protocol";
import type { AudioGraph } from "./graph";
import { Link, type Aside, type LinkSetup, type LinkState, type Signal } from "./link";
import type { Level } from "./meter";
import type { NetClient } from "./net-client";
import type { PeerCounts } from "./net-peer";
import type { Way } from "./net-worker";
import { PlayerPictures, type OwnPictures, type PictureWord } from "./player-pictures";
import { playoutRing } from "./rings";
import type { Strip } from "./strip";

export interface PlayerStats {
  latencyMs: number | null;
  roundTripMs: number | null;
  bufferMs: number | null;
  engine: "PCM" | "Opus" | "WebRTC" | null;
  sending: "PCM" | "Opus" | "WebRTC" | null;
  /** packet length in ms, kbit/s for each channel, how many packets each repeats */
  form: { ms: number; rate: number; repeats: number } | null;
  lost: number;
  /** of what was lost or late, the packets whose sound came in a later one */
  mended: number;
  late: number;
  underruns: number;
  concealedMs: number;
  heldBack: number;
  /** interval mode: silence where something came too late, or not at all */
  missingMs: number;
  /** for how long nothing of them has come, though they were heard before */
  silentMs: number;
}

export interface PlayerEvents {
  signal(data: Signal): void;
  state(state: LinkState): void;
  level(level: Level): void;
  /** Whether they speak has changed. */
  aside(): void;
}

const REPLUGS = 5;
const STUCK = 3; // a second and a half
const STOPPED_MS = 1000;
const TALK_MS = 3000;
const DRAW_MS = 200;
const DEAF_MS = 2500; // before it is said: a connection that has just opened is silent, too
let keys = 0;

export class Player {
  readonly link: Link;
  readonly strip: Strip;
  readonly pictures: PlayerPictures;
  stats: PlayerStats = {
    latencyMs: null, roundTripMs: null, bufferMs: null, engine: null, sending: null, form: null,
    lost: 0, mended: 0, late: 0, underruns: 0, concealedMs: 0, heldBack: 0, missingMs: 0, silentMs: 0,
  };
  /** what both can compare, to know that nobody sits between them; null while it isn't known */
  code: string | null = null;
  /** Name of the present turn's channel in the network worker. */
  #key: string | null = null;
  #loss = 0;
  #audio: HTMLAudioElement | null = null;
  #stream: MediaStream | null = null;
  #replugs = 0;
  /** looks in a row at which the receiver played something and the graph heard nothing */
  #stuck = 0;
  #receiver: RTCRtpReceiver | null = null;
  #packets = 0;
  #packetAt = 0;
  /** session ms at which their frame 0 was played, as they say; null before they said it */
  zero: number | null = null;
  #deafSince: number | null = null;
  #talks = false;
  #talkAt = 0;
  #drawn: ReturnType<typeof setTimeout> | undefined;
  /** interval mode: something of theirs that should sound now didn't come in time */
  late = false;
  #missing = 0;
  /** ms of their sound that was missing, as told last */
  #concealed = 0;
  #later = false;
  #from = 0;
  #wanted: { live: boolean; from: number | null } = { live: true, from: null };

  constructor(
    public info: PeerInfo,
    setup: LinkSetup,
    readonly graph: AudioGraph,
    readonly net: NetClient | null,
    readonly events: PlayerEvents,
  ) {
    this.strip = graph.strip((level) => events.level(level));
    const make = setup.link ?? ((plain, events) => new Link(plain, events));
    this.link = make(setup, {
      signal: (data) => events.signal(data),
      state: (state) => {
        if (state === "connecting") this.pictures.renewed();
        events.state(state);
      },
      channels: (live, interval) => this.#plugData({ live, interval }),
      remoteTrack: (stream, receiver) => this.#plugTrack(stream, receiver),
      report: (loss, hears, missing) => {
        this.#loss = loss;
        this.pictures.missed(missing);
        this.#deafSince = hears ? null : (this.#deafSince ?? performance.now());
      },
      code: (code) => (this.code = code),
      trip: (ms) => {
        this.pictures.trip(ms);
        if (this.#key) this.net?.trip(this.#key, ms);
      },
      aside: (message) => (message.t === "pictures" ? this.pictures.hear(message) : this.#aside(message)),
    });
    this.pictures = new PlayerPictures(this.link, () => events.aside());
  }

  #plugData(channels: Record<Way, RTCDataChannel>): void {
    this.#unplug();
    if (!this.net) return;
    const ring = playoutRing().buffer;
    this.#key = `${this.info.peer}/${(keys += 1)}`;
    this.net.add(this.#key, ring, channels, (counts) => this.#count(counts));
    this.strip.play(this.graph.playout(ring));
    this.net.wants(this.#key, this.#wanted.live, this.#wanted.from);
  }

  // ---- interval mode -------------------------------------------------------------------------------

  #aside(message: Exclude<Aside, PictureWord>): void {
    if (message.t === "zero") {
      if (Number.isFinite(message.at)) this.zero = message.at;
    } else if (message.t === "talk") {
      this.#talkAt = performance.now();
      const on = message.on === true;
      if (on === this.#talks) return;
      this.#talks = on;
      // A page is drawn anew at its own pace, not at that of somebody's messages.
      this.#drawn ??= setTimeout(() => {
        this.#drawn = undefined;
        this.events.aside();
      }, DRAW_MS);
    } else {
      const from = Number.isFinite(message.from) ? Math.round(message.from!) | 0 : null;
      this.#wanted = { live: message.live !== false, from };
      if (this.#key) this.net?.wants(this.#key, this.#wanted.live, from);
    }
  }

  /** Whether they speak now, past the music, as they say once a second. */
  get talking(): boolean {
    const heard = !this.info.muted && !this.strip.silent && this.link.state === "open";
    return this.#talks && heard && performance.now() - this.#talkAt < TALK_MS;
  }

  /** Whether this player can be heard by interval: not through the fallback engine. */
  get canInterval(): boolean {
    return this.#key !== null;
  }

  get byInterval(): boolean {
    return this.#later;
  }

  /**
   * Heard an interval later: `lag` frames ahead of the context's own, beginning with their frame `from`.
   * null: heard as it is played.
   */
  hear(how: { lag: number; from: number } | null): void {
    if (how && this.#key && this.net) {
      if (!this.#later) {
        const ring = playoutRing().buffer;
        this.#later = true;
        this.strip.later = this.graph.playout(ring);
        this.net.hearInto(this.#key, ring);
      }
      this.#from = how.from;
      this.net.hear(this.#key, how.lag, how.from);
    } else this.#hearLive();
  }

  #hearLive(): void {
    if (!this.#later) return;
    this.#later = false;
    this.strip.later = null;
    if (this.#key) this.net?.hearNoMore(this.#key);
  }

  /** Tells the other side in which way it is heard, and when frame 0 of one's own sound was; once a second. */
  tell(zero: number | null, talking: boolean): void {
    if (zero !== null) this.link.aside({ t: "zero", at: zero });
    this.link.aside({ t: "wants", live: !this.byInterval, from: this.byInterval ? this.#from : null });
    this.link.aside({ t: "talk", on: talking });
  }

  #plugTrack(stream: MediaStream, receiver: RTCRtpReceiver): void {
    this.#unplug();
    this.#receiver = receiver;
    this.#stream = stream;
    // Chromium only lets remote sound flow into a graph while an element (muted here) plays it too.
    this.#audio = new Audio();
    this.#audio.muted = true;
    this.#audio.srcObject = stream;
    void this.#audio.play().catch(() => undefined);
    this.strip.play(this.graph.remote(stream));
  }

  #unplug(): void {
    this.#hearLive();
    if (this.#key) this.net?.remove(this.#key);
    this.#key = null;
    if (this.#audio) this.#audio.srcObject = null;
    this.#audio = null;
    this.#receiver = null;
    this.strip.unplug();
  }

  #count(counts: PeerCounts): void {
    if (!this.#key) return;
    const silent = counts.silentMs === null || counts.silentMs > STOPPED_MS;
    const sounds = this.info.muted || this.byInterval || !silent;
    const concealed = counts.concealed / 48;
    const missing = Math.max(0, Math.round(concealed - this.#concealed));
    this.#concealed = concealed;
    this.link.sendReport(counts.lossNow, sounds && this.graph.context.state === "running", missing);
    const heard = !this.byInterval || this.talking;
    this.net?.path(this.#key, {
      roundTripMs: this.link.leastTripMs, loss: this.#loss, playing: !this.info.muted, heard,
    });
    this.late = this.byInterval && counts.missing > this.#missing;
    this.#missing = counts.missing;
    const name = { pcm: "PCM", opus: "Opus" } as const;
    const trip = this.link.roundTripMs;
    this.stats = {
      roundTripMs: trip,
      bufferMs: counts.receiving ? counts.bufferMs : null,
      latencyMs:
        trip === null || !counts.receiving ? null : trip / 2 + counts.bufferMs + this.graph.outputMs,
      engine: counts.receiving ? name[counts.receiving] : null,
      sending: name[counts.sending],
      form: counts.form && {
        ms: counts.form.frames / 48, rate: counts.form.rate, repeats: counts.form.repeats,
      },
      lost: counts.lost,
      mended: counts.mended,
      late: counts.late,
      underruns: counts.underruns,
      concealedMs: counts.concealed / 48,
      heldBack: counts.heldBack,
      missingMs: counts.missing / 48,
      silentMs: counts.silentMs ?? 0,
    };
  }

  /** The fallback engine's figures; called twice a second. */
  async poll(): Promise<void> {
    if (this.link.engine !== "webrtc" || !this.#receiver) return;
    const report = await this.#receiver.getStats();
    for (const entry of report.values() as Iterable<Record<string, unknown>>) {
      if (entry["type"] !== "inbound-rtp") continue;
      const n = (key: string): number => Number(entry[key] ?? 0);
      const emitted = n("jitterBufferEmittedCount");
      const bufferMs = emitted > 0 ? (1000 * n("jitterBufferDelay")) / emitted : 0;
      // Now and then Chromium starts a remote track whose sound never reaches the graph.
      // A microphone is never exactly silent, so plugging in a silent track anew costs nothing.
      const deaf = emitted > 0 && !this.info.muted && this.strip.level.peak === 0;
      this.#stuck = deaf ? this.#stuck + 1 : 0;
      if (this.#stuck >= STUCK && this.#replugs < REPLUGS && this.#stream) {
        this.#stuck = 0;
        this.#replugs += 1;
        console.warn("jam-room: a remote track was deaf; plugged anew");
        this.#plugTrack(this.#stream, this.#receiver);
        return;
      }
      const trip = this.link.roundTripMs;
      this.stats = {
        ...this.stats,
        roundTripMs: trip,
        bufferMs,
        // 20 ms: the browser's own stages before and after its buffer, as measured in the bench
        latencyMs: trip === null ? null : trip / 2 + bufferMs + 20 + this.graph.outputMs,
        engine: "WebRTC",
        sending: "WebRTC",
        lost: n("packetsLost"),
        late: n("packetsDiscarded"),
        underruns: n("concealmentEvents"),
        concealedMs: n("concealedSamples") / 48,
        silentMs: this.#silence(n("packetsReceived")),
      };
    }
  }

  /** Whether they hear this player at all: their browser may wait for a click before it plays sound. */
  get hearsMe(): boolean {
    return this.#deafSince === null || performance.now() - this.#deafSince < DEAF_MS;
  }

  /** True when they play and nothing of it has come for a second. */
  get stopped(): boolean {
    return this.link.state === "open" && !this.info.muted && !this.byInterval && this.stats.silentMs > STOPPED_MS;
  }

  /** The fallback's own count: it says how many packets came, not when the last one did. */
  #silence(packets: number): number {
    const now = performance.now();
    if (packets !== this.#packets) {
      this.#packets = packets;
      this.#packetAt = now;
    }
    return packets > 0 ? now - this.#packetAt : 0;
  }

  /** Twice a second, and when one's own pictures change. */
  tendPictures(own: OwnPictures, wants: boolean, players: number): void {
    this.pictures.tend(own, wants, this.stats, this.#loss, players);
  }

  close(): void {
    clearTimeout(this.#drawn);
    this.link.close();
    this.#unplug();
    this.strip.close();
  }
}
