// Plays a track on this machine: each piece is rendered and placed ahead of its time, by the session's clock.
import type { ContextClock } from "../beat/context-clock";
import { machineNow, type SessionClock } from "../clock";
import type { Sound } from "./render";
import { FADE_MS, SEGMENT_MS, Timeline, type HeardTrack, type Segment } from "./timeline";
import type { Rendered, ToWorker } from "./worker";

const EVERY_MS = 100;
const AHEAD_MS = 1500; // pieces that begin within this are placed
const RENDERED_MS = SEGMENT_MS + AHEAD_MS; // and those within this rendered
const SHORTEST_MS = 20; // ahead of now: less couldn't be placed any more
const FIRST_FADE_MS = 3; // an attack at the beginning stays one
const STOP_S = 0.01; // fades when it is stopped
const MOST_KEPT = 8;

interface Placed {
  node: AudioBufferSourceNode;
  gain: GainNode;
  until: number;
}

export class TrackPlayer {
  readonly timeline = new Timeline();
  #worker: Worker | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #rate = 0;
  /** pieces that were asked for, as they are or on their way */
  readonly #pieces = new Map<string, AudioBuffer | null>();
  readonly #placed = new Map<string, Placed>();

  constructor(
    readonly clock: SessionClock,
    readonly context: ContextClock,
    readonly output: AudioNode,
    readonly workerAddress: string,
  ) {}

  /** What is heard from now on; null: nothing, at once. */
  take(track: HeardTrack | null): void {
    this.timeline.take(track, this.clock.now() ?? -Infinity);
    if (!track) this.#breakOff();
    if (track) this.#timer ??= setInterval(() => this.#place(), EVERY_MS);
    else this.#stop();
    this.#place();
  }

  /** Another sound: what was rendered of the one before is forgotten. */
  use(sound: Sound | null): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#pieces.clear();
    this.#breakOff();
    if (!sound) return;
    this.#rate = sound.rate;
    this.#worker = new Worker(this.workerAddress, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Rendered>) => this.#rendered(data);
    this.#send({ t: "sound", sound }, [sound.left.buffer, sound.right.buffer]);
    this.#place();
  }

  get loaded(): boolean {
    return this.#worker !== null;
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #rendered({ key, left, right }: Rendered): void {
    if (!this.#pieces.has(key)) return;
    const buffer = new AudioBuffer({ length: left.length, numberOfChannels: 2, sampleRate: this.#rate });
    buffer.copyToChannel(left as Float32Array<ArrayBuffer>, 0);
    buffer.copyToChannel(right as Float32Array<ArrayBuffer>, 1);
    this.#pieces.set(key, buffer);
    this.#place();
  }

  #place(): void {
    const now = this.clock.now();
    if (now === null || this.context.context.state !== "running") return;
    this.context.look();
    const soon = this.timeline.between(now + SHORTEST_MS, now + RENDERED_MS);
    if (!this.#worker) return;
    for (const piece of soon) {
      const { track } = piece;
      const buffer = this.#pieces.get(piece.key);
      if (buffer === undefined) this.#ask(piece, track);
      else if (buffer && piece.at < now + AHEAD_MS && !this.#placed.has(piece.key)) this.#play(piece, buffer, now);
    }
    for (const [key, placed] of this.#placed) {
      const until = Math.max(now, this.timeline.holds(key));
      if (until < placed.until) this.#end(placed, until, now);
    }
  }

  #ask(piece: Segment, track: HeardTrack): void {
    this.#pieces.set(piece.key, null);
    const { loop, tempo, pitch } = track;
    this.#send({
      t: "piece", key: piece.key,
      piece: {
        position: piece.position, loop, tempo, pitch, length: SEGMENT_MS + FADE_MS,
        fadeIn: piece.index === 0 ? FIRST_FADE_MS : FADE_MS, fadeOut: FADE_MS,
      },
    });
    const [oldest] = this.#pieces.keys();
    if (this.#pieces.size > MOST_KEPT && oldest) this.#pieces.delete(oldest);
  }

  #play(piece: Segment & { until: number }, buffer: AudioBuffer, now: number): void {
    const { context } = this.context;
    const late = Math.max(0, now + SHORTEST_MS - piece.at);
    const gain = new GainNode(context);
    const node = new AudioBufferSourceNode(context, { buffer });
    node.connect(gain).connect(this.output);
    const when = this.#contextTime(piece.at + late, now);
    if (late > 0) {
      gain.gain.setValueAtTime(0, when);
      gain.gain.linearRampToValueAtTime(1, when + STOP_S);
    }
    node.start(when, late / 1000);
    const placed: Placed = { node, gain, until: Infinity };
    this.#placed.set(piece.key, placed);
    node.onended = () => {
      gain.disconnect();
      if (this.#placed.get(piece.key) === placed) this.#placed.delete(piece.key);
      this.#pieces.delete(piece.key);
    };
    if (piece.until < Infinity) this.#end(placed, piece.until, now);
  }

  /** Breaks a piece off at a session time. */
  #end(placed: Placed, until: number, now: number): void {
    placed.until = until;
    const { context } = this.context;
    const when = Math.max(context.currentTime, this.#contextTime(until, now) || 0);
    placed.gain.gain.setTargetAtTime(0, when, STOP_S / 3);
    placed.node.stop(when + 2 * STOP_S);
  }

  #breakOff(): void {
    for (const placed of this.#placed.values()) this.#end(placed, -Infinity, 0);
    this.#placed.clear();
  }

  /** The context's time at which something sounds at a session time. */
  #contextTime(at: number, now: number): number {
    return (machineNow() + at - now - this.context.out) / 1000;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.#stop();
    this.use(null);
  }
}
