// The take this person is asked for, or is in: who is asked, whether this machine captures, what of it
// is sent. The room tells it what the server says; views read it.
import type { AudioGraph } from "../engine/graph";
import type { Recording, ToServer } from "../protocol";
import type { RoomSettings } from "../settings";
import { words } from "../words";
import { holdsStem } from "./held";
import { saveFile } from "./save-file";
import { StemStore } from "./store-client";
import type { Progress } from "./uploader";

export interface TakeRoom {
  readonly settings: RoomSettings;
  graph(): AudioGraph | null;
  /** the session's time and its distance from this machine's, in ms; null: not known yet */
  now(): number | null;
  offset(): number | null;
  send(frame: ToServer): void;
  /** whether this machine captures changed: the others are shown it */
  tell(): void;
  changed(): void;
  notice(text: string, urgent: boolean): void;
}

type Storage = "unknown" | "disk" | "memory";

/** Batches still arrive for a moment after a take has ended. */
const BATCHES_MS = 2000;

export class Take {
  readonly store: StemStore;
  recording: Recording | null = null;
  /** recordings this person has answered */
  readonly answered = new Set<string>();
  upload: Progress | null = null;
  /** own sound of a recording that is known to be lost */
  lost: { recording: string; ms: number } | null = null;
  storage: Storage = "unknown";
  /** the stem that is captured here */
  #capturing: string | null = null;
  /** the recording that sound of this machine really goes into */
  #captures: string | null = null;
  /** stems that this machine began, or may begin */
  readonly #mine = new Set<string>();
  /** recordings that were asked for while this page was open */
  readonly #asking = new Set<string>();

  constructor(readonly room: TakeRoom) {
    const { settings } = room;
    this.store = new StemStore(
      { worker: settings.workerStore, stems: settings.stems, csrfCookie: settings.csrfCookie },
      {
        storage: (durable) => {
          this.storage = durable ? "disk" : "memory";
          room.changed();
        },
        lost: (recording, ms) => {
          this.lost = { recording, ms };
          room.changed();
        },
        problem: (reason) => {
          // Whatever it is, nothing is captured from here on: nobody is shown otherwise.
          this.#captures = null;
          room.tell();
          room.notice(words.record[reason], true);
        },
      },
    );
    addEventListener("jamsite:stem-progress", this.#progress);
    // Chunks of this session's stems may go at once; they end when it is known whether a take goes on.
    this.store.resume(settings.session);
  }

  /** The recording that this machine's sound goes into; null: into none. */
  get into(): string | null {
    return this.#captures;
  }

  /** Whether this machine captures for the take that runs. */
  get captures(): boolean {
    return this.#captures !== null && this.#captures === this.recording?.id;
  }

  get asked(): boolean {
    const { recording } = this;
    if (recording?.answer !== "waiting" || this.answered.has(recording.id)) return false;
    return recording.state === "asking" || recording.state === "recording";
  }

  /** Whether a take runs that this person may still join. */
  get mayJoin(): boolean {
    const { recording } = this;
    return recording?.state === "recording" && recording.answer !== "yes" && !this.asked;
  }

  /** Whether leaving now would lose sound that is here alone. */
  get unsafe(): boolean {
    return this.storage === "memory" && (this.#capturing !== null || this.upload?.state === "sending");
  }

  ask(): void {
    this.room.send({ t: "record.ask" });
  }

  answer(yes: boolean): void {
    if (!this.recording) return;
    this.answered.add(this.recording.id);
    this.room.send({ t: "record.answer", recording: this.recording.id, yes });
    this.room.changed();
  }

  /** Ends the take, for everybody. */
  end(): void {
    if (this.recording) this.room.send({ t: "record.stop", recording: this.recording.id });
  }

  /** Saves a stem that the server didn't take as a file of the player's own. */
  async save(stem: string): Promise<void> {
    const wav = await this.store.wav(stem);
    if (wav) saveFile(`jamsite-${stem}.wav`, wav);
    else this.room.notice(words.record.notHere, true);
  }

  /** The server's word on the take, as one comes in or comes back. */
  welcome(recording: Recording | null): void {
    // Still waited for: our answer went down with the last connection, so we are asked again.
    if (recording?.answer === "waiting") this.answered.delete(recording.id);
    void this.#own(recording).then(() => this.start());
    this.change(recording);
    // A take that goes on needs the clock first; until then its stem must not be ended.
    const goesOn = recording?.state === "recording" && recording.stem !== null;
    this.store.resume(goesOn && !this.#capturing ? this.room.settings.session : null);
  }

  /** The server's word on the take, as it changes; null: there is none any more. */
  change(recording: Recording | null): void {
    const before = this.recording;
    this.recording = recording;
    // Whoever was there when it was asked for, or joins it now, captures from the start.
    if (recording?.state === "asking") this.#asking.add(recording.id);
    if (recording?.stem && (this.#asking.has(recording.id) || this.answered.has(recording.id))) {
      this.#mine.add(recording.stem);
    }
    if (recording?.id !== before?.id) this.upload = null;
    if (recording?.state === "recording") this.start();
    if (this.#capturing && recording?.stem === this.#capturing) {
      if (recording.stops_at !== null) this.stop(recording.stops_at);
      else if (recording.state !== "recording") this.stop(null);
    } else if (this.#capturing && recording?.stem !== this.#capturing) this.stop(null);
    this.room.changed();
  }

  /**
   * A stem belongs to the machine that began it. Whoever comes back elsewhere, or without what was
   * captured, isn't recorded any more, and is told so.
   */
  async #own(recording: Recording | null): Promise<void> {
    const stem = recording?.stem;
    if (!recording || !stem || this.#mine.has(stem)) return;
    const began = recording.starts_at === null || (this.room.now() ?? Infinity) > recording.starts_at;
    const known = this.answered.has(recording.id) || this.#asking.has(recording.id) || !began;
    if (known || (await holdsStem(stem))) this.#mine.add(stem);
    this.room.changed();
  }

  /** Begins to capture, once the recording and the clock are there, whichever comes last. */
  start(): void {
    const { recording, room } = this;
    const graph = room.graph();
    if (!graph || room.offset() === null) return;
    if (recording?.state !== "recording" || !recording.stem) return;
    if (recording.stops_at !== null || this.#capturing === recording.stem) return;
    if (!this.#mine.has(recording.stem)) return;
    this.#capturing = recording.stem;
    this.#captures = recording.id;
    room.tell();
    this.#feed(graph);
    this.store.start({
      stem: recording.stem,
      recording: recording.id,
      session: room.settings.session,
      rate: graph.context.sampleRate,
      channels: graph.input.channels,
      startsAt: recording.starts_at,
      endsAt: recording.ends_at ?? null,
    });
    graph.recording = true;
    this.store.resume(); // this take is now in hand: what else lies here may be ended
  }

  /** The input changed: what is captured comes from the new one. */
  refeed(): void {
    const graph = this.room.graph();
    if (graph && this.#capturing) this.#feed(graph);
  }

  #feed(graph: AudioGraph): void {
    const { port1, port2 } = new MessageChannel();
    graph.recordTo(port1);
    this.store.source(port2, graph.context.sampleRate, graph.input.channels);
  }

  /** Ends capturing here, at a moment of the session's time in ms; null: now. */
  stop(stopsAt: number | null): void {
    if (!this.#capturing) return;
    this.#capturing = null;
    this.#captures = null;
    this.room.tell();
    this.store.stop(stopsAt);
    const left = stopsAt === null ? 0 : stopsAt - (this.room.now() ?? stopsAt);
    setTimeout(() => {
      const graph = this.room.graph();
      if (!this.#capturing && graph) graph.recording = false;
    }, Math.max(0, left) + BATCHES_MS);
  }

  readonly #progress = (event: Event): void => {
    const { detail } = event as CustomEvent<Progress>;
    if (detail.recording !== this.recording?.id) return;
    this.upload = detail;
    this.room.changed();
  };

  close(): void {
    removeEventListener("jamsite:stem-progress", this.#progress);
    this.store.close();
  }
}
