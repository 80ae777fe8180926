// The connection to one other player: negotiation, restart and rebuild, direct or through the relay,
// and the `ctl` channel.
// The peer that came later makes every offer, so two offers never cross. Each rebuild has a number
// (`turn`); what belongs to an older turn is ignored.
import type { Caps } from "../protocol";
import { addPictureLines, hasPictureLines, takePictureLines } from "./picture-lines";
import type { PictureWord } from "./player-pictures";
import { musicSdp } from "./sdp";
import { fingerprints, Verification, type Verify } from "./verification";

export type Engine = "data" | "webrtc";

export type Signal =
  | { k: "offer"; turn: number; sdp: string; engine: Engine; caps: Caps; policy?: RTCIceTransportPolicy }
  | { k: "answer"; turn: number; sdp: string }
  | { k: "ice"; turn: number; candidate: RTCIceCandidateInit }
  | { k: "refuse"; turn: number; engine: Engine }
  /** `anew`: the path must be another, though the old one may still stand */
  | { k: "again"; turn: number; anew?: boolean };

export type LinkState = "connecting" | "open" | "lost" | "closed";

export interface LinkEvents {
  signal(data: Signal): void;
  state(state: LinkState): void;
  /** Fresh channels for sound, still connecting: the moment in which they may move to a worker. */
  channels(live: RTCDataChannel, interval: RTCDataChannel): void;
  remoteTrack(stream: MediaStream, receiver: RTCRtpReceiver): void;
  /** Of our sound, as the other side counted it: loss (0–1), whether it hears us at all, ms that were missing. */
  report(loss: number, hears: boolean, missing: unknown): void;
  /** A round trip in ms, just measured. */
  trip(ms: number): void;
  /** What interval mode says between players. */
  aside(message: Aside): void;
  /** The code that both players can compare; null while a connection is new. */
  code?(code: string | null): void;
}

export interface LinkSetup {
  offers: boolean;
  engine: Engine;
  caps: Caps;
  ice: RTCIceServer[];
  policy: RTCIceTransportPolicy;
  certificate?: RTCCertificate | null;
  track: () => MediaStreamTrack | null;
  /** makes something else than a connection between two browsers */
  link?: ((setup: LinkSetup, events: LinkEvents) => Link) | undefined;
}

/**
 * `zero`: session ms at which the sender's frame 0 was played. `wants`: whether the sender hears the other live,
 * and from which of the other's frames on by interval, if so. `talk`: whether the sender speaks, past the music.
 */
export type Aside =
  | { t: "zero"; at: number }
  | { t: "wants"; live: boolean; from: number | null }
  | { t: "talk"; on: boolean }
  | PictureWord;

type Ctl =
  | { t: "ping"; at: number } | { t: "pong"; at: number } | { t: "report"; loss: number; hears?: boolean; missing?: number }
  | Aside | Verify;

const ASIDES: ReadonlySet<string> = new Set(["zero", "wants", "talk", "pictures"] satisfies Aside["t"][]);
/** What is lost is sent again, and holds up nothing that comes after it. */
const INTERVAL = { negotiated: true, id: 2, ordered: false };
const LONGEST_CTL = 2000; // characters
const LONGEST_TRIP_MS = 60_000;
const PING_MS = 250;
const TRIPS = 20; // five seconds of them
const PATIENCE_MS = 3000;
const SETUP_MS = 12_000;
/** An offer or answer about pictures that got lost is said again after so long. */
const PICTURES_MS = 5000;

export class Link {
  state: LinkState = "connecting";
  engine: Engine;
  pc: RTCPeerConnection | null = null;
  /** of the present connection: through the relay if either end says so */
  policy: RTCIceTransportPolicy | null = null;
  #verification: Verification | null = null;
  #turn = 0;
  #ctl: RTCDataChannel | null = null;
  #trips: number[] = [];
  #early: RTCIceCandidateInit[] = [];
  #chain: Promise<void> = Promise.resolve();
  #patience: ReturnType<typeof setTimeout> | undefined;
  #rebuilds = 0;
  #picturesAsked = -Infinity;
  readonly #ping: ReturnType<typeof setInterval>;

  constructor(
    readonly setup: LinkSetup,
    readonly events: LinkEvents,
  ) {
    this.engine = setup.engine;
    this.#ping = setInterval(() => this.#say({ t: "ping", at: performance.now() }), PING_MS);
    if (setup.offers) this.#queue(() => this.#offer());
  }

  /** Median round trip of the last five seconds in ms. */
  get roundTripMs(): number | null {
    if (this.#trips.length === 0) return null;
    return [...this.#trips].sort((a, b) => a - b)[Math.floor(this.#trips.length / 2)]!;
  }

  /** The path without this page's own hiccups: what the choice of codec goes by. */
  get leastTripMs(): number | null {
    return this.#trips.length ? Math.min(...this.#trips) : null;
  }

  // ---- negotiation -------------------------------------------------------------------------------

  take(signal: Signal): void {
    this.#queue(() => this.#take(signal));
  }

  async #take(signal: Signal): Promise<void> {
    if (signal.k === "offer") {
      await this.#answer(signal);
      return;
    }
    if (signal.k === "again") {
      const wanted = signal.anew ? signal.turn === this.#turn : this.state !== "open";
      if (this.setup.offers && wanted) await this.#offer();
      return;
    }
    if (signal.turn !== this.#turn) return;
    if (signal.k === "answer") {
      if (this.#picturesAsked > 0 && this.pc?.signalingState === "stable") return; // to what was said twice
      await this.pc?.setRemoteDescription({ type: "answer", sdp: signal.sdp });
      await this.#addEarly();
    } else if (signal.k === "ice") {
      if (this.pc?.remoteDescription) await this.pc.addIceCandidate(signal.candidate);
      else this.#early.push(signal.candidate);
    } else {
      this.engine = signal.engine;
      await this.#offer();
    }
  }

  async #offer(): Promise<void> {
    this.#turn += 1;
    const pc = this.#build(this.setup.policy);
    if (this.engine === "webrtc") {
      const track = this.setup.track();
      pc.addTransceiver(track ?? "audio", { direction: "sendrecv" });
    }
    await this.#describe(pc, false);
  }

  async #describe(pc: RTCPeerConnection, iceRestart: boolean): Promise<void> {
    const sdp = await this.#setLocal(pc, await pc.createOffer({ iceRestart }));
    this.events.signal({
      k: "offer", turn: this.#turn, sdp, engine: this.engine, caps: this.setup.caps,
      policy: this.policy ?? this.setup.policy,
    });
  }

  /** Asks for lines for pictures in the connection that stands, where there are none; who offers does, the other waits. */
  openPictures(): void {
    const now = performance.now();
    if (!this.setup.offers || now - this.#picturesAsked < PICTURES_MS) return;
    if (this.state !== "open" || !this.pc || hasPictureLines(this.pc)) return;
    this.#picturesAsked = now;
    this.#queue(async () => {
      const { pc } = this;
      if (!pc || this.state !== "open") return;
      if (pc.signalingState === "stable") addPictureLines(pc);
      await this.#describe(pc, false);
    });
  }

  async #answer(offer: Extract<Signal, { k: "offer" }>): Promise<void> {
    if (offer.engine === "data" && this.setup.engine === "webrtc") {
      this.#turn = offer.turn;
      this.events.signal({ k: "refuse", turn: offer.turn, engine: "webrtc" });
      return;
    }
    let pc = this.pc;
    if (!pc || offer.turn !== this.#turn || pc.signalingState === "closed") {
      this.#turn = offer.turn;
      this.engine = offer.engine;
      pc = this.#build(offer.policy === "relay" ? "relay" : this.setup.policy);
    }
    await pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    await this.#addEarly();
    takePictureLines(pc);
    if (this.engine === "webrtc") {
      const transceiver = pc.getTransceivers()[0];
      if (transceiver) {
        transceiver.direction = "sendrecv";
        await transceiver.sender.replaceTrack(this.setup.track());
      }
    }
    const sdp = await this.#setLocal(pc, await pc.createAnswer());
    this.events.signal({ k: "answer", turn: this.#turn, sdp });
  }

  async #setLocal(pc: RTCPeerConnection, wish: RTCLocalSessionDescriptionInit): Promise<string> {
    const plain = wish.sdp ?? "";
    const sdp = this.engine === "webrtc" ? musicSdp(plain) : plain;
    const type = wish.type as RTCSdpType;
    try {
      await pc.setLocalDescription({ type, sdp });
    } catch {
      await pc.setLocalDescription({ type, sdp: plain }); // a browser that refuses edited text
    }
    return sdp;
  }

  async #addEarly(): Promise<void> {
    const early = this.#early;
    this.#early = [];
    for (const candidate of early) await this.pc?.addIceCandidate(candidate);
  }

  #queue(step: () => Promise<void>): void {
    this.#chain = this.#chain.then(async () => {
      if (this.state === "closed") return;
      try {
        await step();
      } catch (problem) {
        console.warn("jam-room: negotiation", problem);
        this.#wait(PATIENCE_MS);
      }
    });
  }

  #build(policy: RTCIceTransportPolicy): RTCPeerConnection {
    this.#drop();
    this.#early = [];
    this.policy = policy;
    const pc = new RTCPeerConnection(this.#configuration());
    this.pc = pc;
    const turn = this.#turn;
    this.#become("connecting");
    // Agreed numbers instead of announcements: both ends have the channels at once.
    const live = { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 };
    const audio = this.engine === "data" ? pc.createDataChannel("audio", live) : null;
    const ctl = pc.createDataChannel("ctl", { negotiated: true, id: 1 });
    ctl.onopen = () => {
      this.#say({ t: "ping", at: performance.now() });
      this.#verify(pc);
    };
    ctl.onmessage = ({ data }) => this.#read(data);
    this.#ctl = ctl;
    this.#verification = null;
    this.events.code?.(null);
    if (audio) this.events.channels(audio, pc.createDataChannel("interval", INTERVAL));
    this.#trips = [];
    pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.events.signal({ k: "ice", turn, candidate: candidate.toJSON() });
    };
    this.#picturesAsked = -Infinity;
    pc.ontrack = ({ track, receiver }) => {
      if (track.kind === "video") return; // found by its line when it is wanted
      // A wish for the least delay; the browser may add some.
      (receiver as { jitterBufferTarget?: number | null }).jitterBufferTarget = 0;
      this.events.remoteTrack(new MediaStream([track]), receiver);
    };
    pc.onconnectionstatechange = () => {
      if (this.pc === pc) this.#connection(pc);
    };
    this.#wait(SETUP_MS);
    return pc;
  }

  #configuration(): RTCConfiguration {
    const { ice, certificate } = this.setup;
    return {
      iceServers: ice,
      iceTransportPolicy: this.policy ?? this.setup.policy,
      bundlePolicy: "max-bundle",
      ...(certificate ? { certificates: [certificate] } : {}),
    };
  }

  /** Credentials of the relay, for whatever path is looked for from now on. */
  set ice(servers: RTCIceServer[]) {
    this.setup.ice = servers;
    this.pc?.setConfiguration(this.#configuration());
  }

  /** Another path from now on: the old one ends at once, and what comes after it is built anew. */
  repath(policy: RTCIceTransportPolicy): void {
    this.setup.policy = policy;
    if (this.policy === null || this.policy === policy || this.state === "closed") return;
    if (policy === "relay") this.#drop();
    this.#become("connecting");
    this.#queue(async () => {
      if (this.policy === this.setup.policy && this.pc) return; // the other end was quicker
      if (this.setup.offers) await this.#offer();
      else {
        this.#drop();
        this.events.signal({ k: "again", turn: this.#turn, anew: true });
        this.#wait(SETUP_MS);
      }
    });
  }

  #verify(pc: RTCPeerConnection): void {
    if (this.#verification) return;
    const own = fingerprints(pc.localDescription?.sdp);
    const theirs = fingerprints(pc.remoteDescription?.sdp);
    if (!own || !theirs) return;
    this.#verification = new Verification(
      own, theirs, this.setup.offers, (message) => this.pc === pc && this.#say(message),
      (code) => this.pc === pc && this.events.code?.(code),
    );
    this.#verification.start();
  }

  // ---- staying connected -------------------------------------------------------------------------

  #connection(pc: RTCPeerConnection): void {
    if (pc.connectionState === "connected") {
      clearTimeout(this.#patience);
      this.#rebuilds = 0;
      this.#become("open");
    } else if (pc.connectionState === "disconnected") {
      this.#become("lost");
      this.#wait(PATIENCE_MS);
    } else if (pc.connectionState === "failed") {
      this.#become("lost");
      this.#wait(Math.min(10_000, 300 * 2 ** this.#rebuilds));
    }
  }

  /** After `ms` without success: first fresh paths for the same connection, then a new connection. */
  #wait(ms: number): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (this.state === "open" || this.state === "closed") return;
      this.#wait(SETUP_MS);
      const pc = this.pc;
      const gentle = pc?.connectionState === "disconnected" && pc.signalingState === "stable";
      if (!this.setup.offers) this.events.signal({ k: "again", turn: this.#turn });
      else if (gentle) this.#queue(() => this.#describe(pc, true));
      else {
        this.#rebuilds += 1;
        this.#queue(() => this.#offer());
      }
    }, ms);
  }

  #become(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    this.events.state(state);
  }

  // ---- ctl ---------------------------------------------------------------------------------------

  #say(message: Ctl): void {
    if (this.#ctl?.readyState === "open") this.#ctl.send(JSON.stringify(message));
  }

  /** What isn't ours says nothing, and nowhere: its words are the other side's. */
  #read(data: unknown): void {
    if (typeof data !== "string" || data.length > LONGEST_CTL) return;
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (typeof message === "object" && message !== null) this.#hear(message as Ctl);
  }

  #hear(message: Ctl): void {
    if (message.t === "ping") this.#say({ t: "pong", at: message.at });
    else if (message.t === "pong") {
      const ms = performance.now() - message.at;
      if (!(ms >= 0 && ms < LONGEST_TRIP_MS)) return; // none of our pings
      this.#trips = [...this.#trips.slice(1 - TRIPS), ms];
      this.events.trip(ms);
    } else if (message.t === "report") {
      const loss = Number.isFinite(message.loss) ? Math.min(1, Math.max(0, message.loss)) : 0;
      this.events.report(loss, message.hears !== false, message.missing);
    } else if (ASIDES.has(message.t)) this.events.aside(message as Aside);
    else if (this.pc) {
      this.#verify(this.pc);
      void this.#verification?.hear(message as Verify);
    }
  }

  aside(message: Aside): void {
    this.#say(message);
  }

  sendReport(loss: number, hears: boolean, missing = 0): void {
    this.#say({ t: "report", loss, hears, missing });
  }

  /** After a change of input, for the fallback engine. */
  async retrack(): Promise<void> {
    if (this.engine !== "webrtc") return;
    await this.pc?.getTransceivers()[0]?.sender.replaceTrack(this.setup.track());
  }

  #drop(): void {
    const pc = this.pc;
    if (!pc) return;
    this.pc = null;
    pc.onconnectionstatechange = null;
    pc.onicecandidate = null;
    pc.ontrack = null;
    pc.close();
  }

  close(): void {
    clearTimeout(this.#patience);
    clearInterval(this.#ping);
    this.#drop();
    this.#become("closed");
  }
}
