// The room without its looks: socket, clock, sound, recording, chat. Views listen to `change` (draw
// again), `level`, `chat` and `notice`, and call its methods.
import type { Grid } from "./beat/grid";
import { Measuring } from "./measuring";
import { Metronome } from "./beat/metronome";
import { SessionClock } from "./clock";
import { AudioGraph, ENGINE_RATE } from "./engine/graph";
import { pageCertificate } from "./engine/certificate";
import type { InputChoice } from "./engine/input";
import type { Signal } from "./engine/link";
import { Mesh } from "./engine/mesh";
import type { Level } from "./engine/meter";
import { Mixer } from "./engine/mixer";
import { NetClient } from "./engine/net-client";
import type { Player } from "./engine/player";
import { ChatLog } from "./chat-log";
import type { BeatVote, Caps, FromServer, Welcome } from "./protocol";
import { Direct } from "./direct";
import { relayTrip } from "./engine/relay-probe";
import { guardInput } from "./guarding";
import { Hosting } from "./hosting";
import { IntervalMode } from "./interval-mode";
import { Pictures } from "./pictures";
import { matched } from "./matching";
import { Take } from "./recorder/take";
import { BackingTrack } from "./track/track";
import { TabMemory, type JoinMode, type Listening, type RoomSettings } from "./settings";
import { Sfu } from "./sfu/sfu";
import { Sheets } from "./sheets/sheets";
import { RoomSocket, type SocketState } from "./socket";
import { Stream } from "./stream/stream";
import { Unsaid, type Line } from "./unsaid";
import { fill, words } from "./words";

export interface RoomEvents {
  change(): void;
  /** null: own input */
  level(player: Player | null, level: Level): void;
  /** what was said changed; `earlier`: at its beginning */
  chat(earlier: boolean): void;
  /** set list, charts or notes changed; of one line alone, its ref */
  sheets(ref?: string): void;
  /** lines on their way, or given up */
  unsaid(lines: readonly Line[]): void;
  notice(text: string, urgent: boolean): void;
}

export class Room {
  readonly memory: TabMemory;
  readonly take: Take;
  readonly clock: SessionClock;
  readonly unsaid: Unsaid;
  readonly chat = new ChatLog();
  readonly sheets = new Sheets(
    (frame) => (this.#welcomed && this.#socket?.send(frame)) ?? false,
    (ref) => this.events.sheets(ref),
  );
  readonly mixer: Mixer;
  readonly hosting = new Hosting((frame) => void this.#socket?.send(frame));
  readonly direct = new Direct(
    (frame) => void this.#socket?.send(frame), relayTrip, () => this.events.change(),
  );
  readonly pictures = new Pictures({
    mesh: () => this.mesh, hosting: this.hosting, steady: () => this.settings.steady, changed: () => this.events.change(), tell: () => this.#tellState(),
    notice: (text, urgent) => this.events.notice(text, urgent),
  });
  /** what listeners hear, where they may */
  readonly stream: Stream;
  readonly track = new BackingTrack({
    clock: () => this.clock, mixer: () => this.mixer, worker: () => this.settings.workerTrack,
    send: (frame) => void this.#socket?.send(frame), changed: () => this.events.change(),
  });
  readonly metronome: Metronome;
  readonly intervals: IntervalMode;
  /** the vote on the room's beat that is open */
  vote: BeatVote | null = null;
  readonly measuring = new Measuring();
  /** of larger rooms alone */
  readonly sfu: Sfu | null;
  graph: AudioGraph | null = null;
  mesh: Mesh | null = null;
  welcome: Welcome | null = null;
  mode: JoinMode | null = null;
  muted = false;
  /** muted since before this page: remembered, and easily forgotten by whoever wonders that nobody hears them */
  stillMuted = false;
  socketState: SocketState = "connecting";
  socketCode: number | null = null;
  ownLevel: Level = { peak: 0, rms: 0 };
  #net: NetClient | null = null;
  #socket: RoomSocket | null = null;
  #opening: Promise<AudioGraph> | null = null;
  #engine: "data" | "webrtc" = "data";
  #caps: Caps = { sab: false, dataChannel: false, opus: false };
  #welcomed = false;

  constructor(
    readonly settings: RoomSettings,
    readonly events: RoomEvents,
  ) {
    this.memory = new TabMemory(settings.session);
    this.mixer = new Mixer(this.memory);
    this.sfu = settings.sfu === null ? null : new Sfu(settings.scriptSfu, {
      send: (frame) => void this.#socket?.send(frame),
      track: () => (this.mode === "listen" ? null : this.mesh?.ownTrack() ?? null),
    });
    this.muted = this.stillMuted = this.memory.muted;
    this.clock = new SessionClock(
      (t0) => this.#socket?.send({ t: "clock", t0 }),
      (offset) => {
        this.take.store.clock(offset);
        this.take.start();
      },
    );
    this.take = new Take({
      settings,
      graph: () => this.graph,
      now: () => this.clock.now(),
      offset: () => this.clock.offset,
      send: (frame) => void this.#socket?.send(frame),
      tell: () => this.#tellState(),
      changed: () => this.events.change(),
      notice: (text, urgent) => this.events.notice(text, urgent),
    });
    this.metronome = new Metronome(this.clock);
    this.intervals = new IntervalMode(
      this.metronome, () => this.mesh, () => this.#net, () => this.events.change(),
    );
    this.stream = new Stream(this, (frame) => void this.#socket?.send(frame), settings.csrfCookie);
    this.unsaid = new Unsaid({
      send: (frame) => (this.#welcomed && this.#socket?.send(frame)) ?? false,
      silent: () => this.#socket?.renew(),
      changed: (lines) => this.events.unsaid(lines),
    });
    addEventListener("beforeunload", this.#warn);
  }

  // ---- sound -------------------------------------------------------------------------------------

  /** Opens the AudioContext; call from a user gesture where there is one. */
  open(): Promise<AudioGraph> {
    this.#opening ??= this.#open().catch((problem: unknown) => {
      this.#opening = null;
      throw problem;
    });
    return this.#opening;
  }

  async #open(): Promise<AudioGraph> {
    const { settings } = this;
    const graph = await AudioGraph.open({
      capture: settings.workletCapture,
      playout: settings.workletPlayout,
    });
    graph.onOwnLevel = (level) => {
      this.ownLevel = level;
      this.events.level(null, level);
    };
    graph.onInputLost = () => this.events.notice(words.input.lost, true);
    graph.context.onstatechange = () => this.events.change();
    const sab = typeof SharedArrayBuffer !== "undefined" && crossOriginIsolated;
    const codec = settings.forced === "pcm" || settings.forced === "opus" ? settings.forced : null;
    if (sab && settings.forced !== "webrtc" && graph.context.sampleRate === ENGINE_RATE) {
      this.#net = await NetClient.open(settings.workerAudio, codec).catch(() => null);
    }
    this.#caps = {
      sab,
      dataChannel: typeof RTCDataChannel !== "undefined",
      opus: this.#net?.opus ?? false,
    };
    this.#engine = this.#net && this.#caps.dataChannel && this.#caps.opus ? "data" : "webrtc";
    this.graph = graph;
    this.metronome.use(graph);
    this.track.use(graph, this.metronome.context!);
    this.#listen();
    return graph;
  }

  /** Takes an input into use (or changes to it). Throws what getUserMedia throws. */
  async useInput(choice: InputChoice | null): Promise<void> {
    const graph = await this.open();
    const input = await graph.use(choice);
    if (choice) this.memory.input = choice;
    graph.muted = this.#silent;
    if (input.ring) this.#net?.input(input.ring, input.channels);
    await this.mesh?.retrack();
    await this.sfu?.retrack();
    this.take.refeed();
    this.events.change();
  }

  get listening(): Listening {
    return this.memory.listening;
  }

  set listening(listening: Listening) {
    this.memory.listening = listening;
    this.#listen();
  }

  #listen(): void {
    const { volume, buffering, clicks, monitor, reverb, lowCut } = this.listening;
    const { graph } = this;
    if (graph) {
      graph.volume = volume;
      graph.clicks.gain.value = clicks;
      graph.monitor.volume = monitor;
      graph.reverb.amount = reverb;
      graph.lowCut = lowCut;
    }
    this.match();
    if (this.#net) this.#net.buffering = buffering;
  }

  /** Twice a second: holds everybody back to one delay, where that is wanted and they are heard live. */
  match(): void {
    if (!this.graph || !this.mesh) return;
    const players = [...this.mesh.players.values()];
    const on = this.listening.match && !this.intervals.on;
    const { target, extra } = matched(players.map((player) => (on ? player.stats.latencyMs : null)));
    for (const [i, player] of players.entries()) player.strip.holdMs = extra[i]!;
    this.graph.monitor.delayMs = target;
  }

  get clickVolume(): number {
    return this.listening.clicks;
  }

  set clickVolume(clicks: number) {
    this.listening = { ...this.listening, clicks };
  }

  /** Asks for another beat, for everybody. */
  setBeat(grid: Omit<Grid, "from">): void {
    this.#socket?.send({ t: "beat", ...grid });
  }

  answerVote(yes: boolean): void {
    if (this.vote) this.#socket?.send({ t: "beat.vote", vote: this.vote.id, yes });
  }

  /** Speaks to everybody at once, past the music and outside the take. */
  setTalking(on: boolean): void {
    if (this.graph) this.graph.aside = on;
    this.intervals.talking = on;
  }

  #beat(grid: Grid | null): void {
    this.metronome.take(grid);
    this.events.change();
  }

  /** Those whose sound comes here. */
  get players(): Iterable<Player> {
    return this.mesh?.players.values() ?? [];
  }

  /** Whether listeners hear nothing of this person now: muted, just listening, or talking to the others. */
  get silent(): boolean {
    return this.#silent || this.intervals.talking;
  }

  get #silent(): boolean {
    return this.muted || this.mode === "listen";
  }

  /** Changes the gain of one's own input, which stays open. */
  setGain(choice: InputChoice): void {
    this.memory.input = choice;
    if (this.graph) this.graph.gain = choice.gain;
  }

  get blocked(): boolean {
    // "interrupted": a call, or another program that took the sound device (Safari, Chromium).
    const state: string | undefined = this.graph?.context.state;
    return state === "suspended" || state === "interrupted";
  }

  async resumeSound(): Promise<void> {
    await this.graph?.context.resume();
    this.events.change();
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.stillMuted = false;
    this.memory.muted = muted;
    if (muted) this.setTalking(false);
    this.#applyMute();
    this.events.change();
  }

  #applyMute(): void {
    if (this.graph) this.graph.muted = this.#silent;
    if (this.mesh) this.mesh.muted = this.#silent;
    if (this.sfu) this.sfu.muted = this.#silent;
    this.#tellState();
  }

  #tellState(): void {
    if (!this.welcome) return;
    this.#socket?.send({ t: "state", muted: this.#silent, recording: this.take.into, picture: this.pictures.shows });
  }

  // ---- coming and going --------------------------------------------------------------------------

  async join(mode: JoinMode): Promise<void> {
    const graph = await this.open();
    void graph.context.resume();
    if (mode === "sound") {
      if (!graph.input.stream) await this.useInput(this.memory.input);
    } else {
      await this.useInput(null);
    }
    this.mode = mode;
    if (mode === "sound") {
      guardInput(graph, () => !this.muted, () => {
        this.setMuted(true);
        this.events.notice(words.feedback.heard, true);
      });
    }
    this.memory.joined = mode;
    this.mesh = new Mesh(graph, this.#net, this.#engine, this.#caps, this.mixer, {
      signal: (to, data) => void this.#socket?.send({ t: "signal", to, data }),
      changed: () => this.events.change(),
      level: (player, level) => this.events.level(player, level),
    });
    this.mesh.sfu = this.sfu;
    this.mesh.certificate = await pageCertificate();
    this.#applyMute();
    this.#socket = new RoomSocket(this.settings.socket, {
      state: (state, code) => {
        this.socketState = state;
        this.socketCode = code;
        if (state === "waiting") {
          this.clock.stop();
          this.#welcomed = false;
        }
        if (state === "ended") this.#ended(code);
        this.events.change();
      },
      open: () => {
        this.#socket?.send({ t: "hello", caps: this.#caps });
        this.take.store.hurry();
      },
      frame: (frame) => this.#take(frame),
    });
    this.#socket.connect();
    this.events.change();
  }

  #ended(code: number | null): void {
    this.clock.stop();
    this.stream.close();
    this.intervals.stop();
    this.metronome.take(null);
    this.track.end();
    this.mesh?.close();
    this.pictures.end();
    this.sfu?.close();
    if (code === 4403 || code === 4404 || code === 4409) {
      if (code !== 4409) this.memory.joined = null;
      this.take.stop(null);
      void this.graph?.close();
      this.graph = null;
    }
  }

  leave(): void {
    this.memory.joined = null;
    this.sheets.flush();
    this.take.stop(null);
    this.stream.close();
    this.#socket?.close();
    this.intervals.stop();
    this.track.end();
    this.pictures.end();
    this.mesh?.close();
    this.sfu?.close();
    this.clock.stop();
    void this.graph?.close();
    this.#net?.close();
  }

  #take(frame: FromServer): void {
    this.hosting.take(frame);
    this.direct.take(frame);
    this.pictures.take(frame);
    this.stream.take(frame);
    this.sfu?.take(frame);
    this.track.take(frame);
    if (frame.t !== "welcome") this.sheets.take(frame);
    switch (frame.t) {
      case "welcome":
        this.#welcome(frame);
        break;
      case "peer.joined":
        this.mesh?.joined(frame);
        this.events.notice(fill(words.room.joined, { name: frame.shown || frame.name }), false);
        break;
      case "peer.left": {
        const info = this.mesh?.players.get(frame.peer)?.info;
        const name = info?.shown || info?.name;
        this.mesh?.left(frame.peer);
        if (info) this.measuring.forget(info.user);
        if (name) this.events.notice(fill(words.room.left, { name }), false);
        break;
      }
      case "signal":
        this.mesh?.signal(frame.from, frame.data as Signal);
        break;
      case "clock":
        this.clock.answer(frame.t0, frame.t1, frame.t2);
        break;
      case "chat":
        this.unsaid.settle(frame.ref);
        this.chat.add(frame);
        this.events.chat(false);
        break;
      case "chat.lines":
        this.chat.earlier(frame.lines, frame.more);
        this.events.chat(true);
        break;
      case "chat.gone":
        this.chat.gone(frame.id);
        this.events.chat(false);
        break;
      case "ack":
        // The line itself comes to everybody; where it came before the connection died, with `welcome`.
        this.unsaid.settle(frame.ref);
        break;
      case "waiting":
        this.events.notice(words.room.waiting, true);
        break;
      case "missed":
        this.#socket?.renew();
        break;
      case "ice":
        this.mesh?.renew(frame.servers);
        break;
      case "direct":
      case "seat":
      case "stream":
      case "turn":
      case "door":
        this.events.change();
        break;
      case "muted":
        this.#mutedByHost(frame.by_host);
        break;
      case "knocks": {
        const last = frame.waiting.at(-1);
        if (last) this.events.notice(fill(words.host.knocks, { name: last.shown || last.name }), false);
        this.events.change();
        break;
      }
      case "beat":
        this.#beat(frame);
        break;
      case "beat.vote":
        if (frame.vote && frame.vote.id !== this.vote?.id && frame.vote.mine === null) {
          this.events.notice(words.interval.voteNotice, false);
        }
        this.vote = frame.vote;
        this.events.change();
        break;
      case "state":
        this.mesh?.state(frame);
        break;
      case "recording":
        if (frame.state !== "gone") this.take.change(frame);
        else if (frame.id === this.take.recording?.id) this.take.change(null);
        break;
      case "stale":
        if (frame.song) this.events.notice(fill(words.sheets.songMeanwhile, { title: frame.song.title }), true);
        break;
      case "error":
        if (frame.for === "signal") break; // nothing that its person did: it was on its way when a path changed
        if (frame.for === "line.put" || frame.for === "song.add") break; // said beside the words
        if (frame.ref && this.unsaid.refused(frame.ref, frame.code, frame.text, frame.wait)) break;
        this.events.notice(frame.text, true);
        break;
    }
    this.hosting.silence(this.mesh?.players.values() ?? []);
  }

  /** A host's mute is obeyed at once and said loudly; unmuting stays in the person's own hands. */
  #mutedByHost(muted: boolean): void {
    if (muted) this.setMuted(true);
    this.events.notice(muted ? words.host.mutedYou : words.host.unmutedYou, muted);
  }

  #welcome(frame: Welcome): void {
    this.welcome = frame;
    this.#welcomed = true;
    this.mesh?.welcome(frame);
    if (frame.muted_by_host && !this.muted) this.#mutedByHost(true);
    if (this.#silent || this.take.into || this.pictures.shows || frame.picture_held) this.#tellState();
    this.clock.start();
    this.vote = frame.vote ?? null;
    this.measuring.on = frame.measures === true;
    this.#beat(frame.beat ?? null);
    this.intervals.start();
    this.chat.renew(frame.chat, frame.chat_more ?? false);
    this.events.chat(false);
    for (const line of frame.chat) this.unsaid.settle(line.ref);
    this.unsaid.sendAll();
    this.sheets.take(frame);
    this.take.welcome(frame.recording);
    this.events.change();
  }

  /** Looks how well sound gets to the others now, twice a second; tells it where that was agreed to. */
  measure(now: number): void {
    for (const player of this.mesh?.players.values() ?? []) {
      const frame = this.measuring.take(player.info.user, player.info.peer, player.stats.roundTripMs, now);
      if (frame) this.#socket?.send(frame);
    }
  }

  // ---- chat --------------------------------------------------------------------------------------

  say(text: string): void {
    this.unsaid.say(text);
  }

  /** Asks for the lines before the first one here. */
  lookBack(): void {
    const first = this.chat.lines[0];
    if (first) this.#socket?.send({ t: "chat.earlier", before: first.id, at: first.at, ref: crypto.randomUUID() });
  }

  /** Deletes a line of one's own for everybody; it stays until the room says that it is gone. */
  unsay(id: string): void {
    this.#socket?.send({ t: "chat.delete", id, ref: crypto.randomUUID() });
  }

  /** How somebody of this room is called on its screen: by stage name, where they show one here. */
  shownName(name: string): string {
    if (name === this.settings.name) return this.settings.shown || name;
    const players = [...(this.mesh?.players.values() ?? [])];
    return players.find(({ info }) => info.name === name)?.info.shown || name;
  }

  /** The others of whom it is known that they are captured, by name. */
  get captured(): string[] {
    const players = [...(this.mesh?.players.values() ?? [])];
    return players.filter(({ info }) => info.recorded).map(({ info }) => info.name);
  }

  readonly #warn = (event: BeforeUnloadEvent): void => {
    this.sheets.flush();
    if (this.unsaid.lines.length > 0 || this.sheets.unsaved || this.take.unsafe) event.preventDefault();
  };

  close(): void {
    this.stream.close();
    this.unsaid.close();
    this.sheets.close();
    removeEventListener("beforeunload", this.#warn);
    this.clock.stop();
    this.#socket?.close();
    this.metronome.close();
    this.track.end();
    this.pictures.close();
    this.mesh?.close();
    this.sfu?.close();
    this.#net?.close();
    void this.graph?.close().catch(() => undefined);
    this.take.close();
  }
}
