// Plays the room's beats on this machine: each click is placed ahead of its time, by the session's clock.
import { machineNow, type SessionClock } from "../clock";
import { ContextClock } from "./context-clock";
import type { AudioGraph } from "../engine/graph";
import { Beats, type Beat, type Grid } from "./grid";

const AHEAD_MS = 250;
const EVERY_MS = 60;
const SHORTEST_MS = 20; // ahead of now: less couldn't be placed any more

export class Metronome {
  readonly beats = new Beats();
  /** What is seen: the beat that sounds now. */
  onBeat: (beat: Beat) => void = () => undefined;
  #placed = -Infinity; // session ms up to which clicks are placed
  #timer: ReturnType<typeof setInterval> | undefined;
  #sounds: { plain: AudioBuffer; accent: AudioBuffer } | null = null;
  /** what is placed and not over, with its session ms */
  #nodes = new Map<AudioBufferSourceNode, number>();
  context: ContextClock | null = null;
  #graph: AudioGraph | null = null;

  constructor(readonly clock: SessionClock) {}

  use(graph: AudioGraph): void {
    this.#graph = graph;
    this.context = new ContextClock(graph.context);
    this.#sounds = { plain: click(graph.context, 1000, 0.5), accent: click(graph.context, 1600, 0.8) };
  }

  take(grid: Grid | null): void {
    const now = this.clock.now();
    this.beats.take(grid, now ?? -Infinity);
    this.#silence((now ?? -Infinity) + SHORTEST_MS);
    if (grid?.on) this.#timer ??= setInterval(() => this.#place(), EVERY_MS);
    else this.#stop();
    this.#place();
  }

  /** Takes back what is placed from then on; what still holds of it is placed anew. */
  #silence(from: number): void {
    for (const [node, at] of this.#nodes) {
      if (at < from) continue;
      node.stop();
      this.#nodes.delete(node);
    }
    this.#placed = -Infinity;
  }

  #place(): void {
    const graph = this.#graph;
    const now = this.clock.now();
    if (!graph || now === null || graph.context.state !== "running") return;
    this.context!.look();
    const from = Math.max(this.#placed, now + SHORTEST_MS);
    const to = now + AHEAD_MS;
    if (to <= from) return;
    for (const beat of this.beats.between(from, to)) this.#click(graph, beat, now);
    this.#placed = to;
  }

  #click(graph: AudioGraph, beat: Beat, now: number): void {
    const when = this.#contextTime(beat.at - now);
    const node = new AudioBufferSourceNode(graph.context, {
      buffer: beat.accent ? this.#sounds!.accent : this.#sounds!.plain,
    });
    node.connect(graph.clicks);
    node.onended = () => this.#nodes.delete(node);
    node.start(when);
    this.#nodes.set(node, beat.at);
    setTimeout(() => this.onBeat(beat), Math.max(0, beat.at - now));
  }

  /** The context's time at which something sounds in so many ms. */
  #contextTime(inMs: number): number {
    return (machineNow() + inMs - this.context!.out) / 1000;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.#stop();
    this.#silence(-Infinity);
    this.#graph = null;
  }
}

/** A short tone that begins at once and fades: 40 ms. */
function click(context: AudioContext, hertz: number, level: number): AudioBuffer {
  const rate = context.sampleRate;
  const buffer = new AudioBuffer({ length: Math.round(rate * 0.04), sampleRate: rate });
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = level * Math.sin((2 * Math.PI * hertz * i) / rate) * Math.exp(-i / (rate * 0.008));
  }
  return buffer;
}
