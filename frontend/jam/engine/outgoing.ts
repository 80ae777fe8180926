// One's own sound on its way out: cut into packets in each form that somebody gets at the moment.
import type { Format } from "./codec-choice";
import { IntervalOut } from "./interval";
import type { NetPeer } from "./net-peer";
import { OpusSender } from "./opus";
import { opusPacket, pcmPacket } from "./packet";
import { QUANTUM } from "./rings";

interface Sender {
  add(frame: number, block: Float32Array): void;
  close(): void;
}

const HISTORY = 2048; // frames: what a player may lack when the form of their sound changes

/** The newest sound, for those who begin or change in the middle of it. */
export class History {
  readonly #samples: Float32Array;
  #from = 0;
  #to = 0;

  constructor(readonly channels: number) {
    this.#samples = new Float32Array(HISTORY * channels);
  }

  /** Frame behind the newest sample. */
  get end(): number {
    return this.#to;
  }

  add(frame: number, block: Float32Array): void {
    if (frame !== this.#to) this.#from = frame;
    const { channels } = this;
    for (let i = 0; i < block.length; i += 1) {
      const at = (((frame + Math.floor(i / channels)) | 0) & (HISTORY - 1)) * channels;
      this.#samples[at + (i % channels)] = block[i]!;
    }
    this.#to = (frame + block.length / channels) | 0;
    if (((this.#to - this.#from) | 0) > HISTORY) this.#from = (this.#to - HISTORY) | 0;
  }

  /** Interleaved samples from a frame to the newest; null where not all of them are here. */
  since(frame: number): Float32Array | null {
    const count = (this.#to - frame) | 0;
    if (count <= 0 || ((frame - this.#from) | 0) < 0) return null;
    const { channels } = this;
    const out = new Float32Array(count * channels);
    for (let i = 0; i < count; i += 1) {
      const at = (((frame + i) | 0) & (HISTORY - 1)) * channels;
      for (let c = 0; c < channels; c += 1) out[i * channels + c] = this.#samples[at + c]!;
    }
    return out;
  }
}

/** Packets of PCM; with `repeats` each holds the one before it, too. */
class PcmSender implements Sender {
  readonly #packet: Float32Array;
  readonly #twice: Float32Array;
  #before: number | null = null; // frame of the packet before, while it adjoins
  #filled = 0;
  #next = 0;
  #start = 0;

  constructor(
    readonly channels: number,
    readonly format: Format,
    readonly send: (samples: Float32Array, frame: number) => void,
  ) {
    const size = format.frames * channels;
    this.#packet = new Float32Array(size);
    this.#twice = new Float32Array(2 * size);
  }

  add(frame: number, block: Float32Array): void {
    if (frame !== this.#next) {
      this.#filled = 0;
      this.#before = null;
    }
    this.#next = (frame + block.length / this.channels) | 0;
    if (this.#filled === 0) this.#start = frame;
    this.#packet.set(block, this.#filled);
    this.#filled += block.length;
    if (this.#filled < this.#packet.length) return;
    this.#filled = 0;
    if (this.format.repeats === 0) {
      this.send(this.#packet, this.#start);
      return;
    }
    this.#twice.copyWithin(0, this.#packet.length);
    this.#twice.set(this.#packet, this.#packet.length);
    if (this.#before === null) this.send(this.#packet, this.#start);
    else this.send(this.#twice, this.#before);
    this.#before = this.#start;
  }

  close(): void {
    this.#filled = 0;
  }
}

export class Outgoing {
  readonly #history: History;
  readonly #senders = new Map<Format, Sender>();
  readonly interval: IntervalOut;
  #talking = false;

  constructor(
    readonly channels: number,
    readonly peers: ReadonlyMap<string, NetPeer>,
  ) {
    this.#history = new History(channels);
    this.interval = new IntervalOut(channels, () => [...peers.values()].map((peer) => peer.interval));
  }

  /** Sound that all hear as it is spoken, and nobody an interval later. */
  set talking(talking: boolean) {
    if (talking && !this.#talking) this.interval.pause();
    this.#talking = talking;
  }

  /** `block`: a quantum of interleaved samples. */
  add(frame: number, block: Float32Array): void {
    const wanted = this.#formats(frame);
    for (const [format, sender] of this.#senders) {
      if (wanted.has(format)) continue;
      sender.close();
      this.#senders.delete(format);
    }
    for (const format of wanted) {
      let sender = this.#senders.get(format);
      if (!sender) this.#senders.set(format, (sender = this.#sender(format)));
      sender.add(frame, block);
    }
    this.#history.add(frame, block);
    if (!this.#talking) this.interval.add(frame, block);
  }

  /** The forms that players get from this block on; who changes is first given what they lack. */
  #formats(frame: number): Set<Format> {
    const wanted = new Set<Format>();
    for (const peer of this.peers.values()) {
      const format = peer.live || this.#talking ? peer.takes(this.peers.size) : null;
      if (!format) continue;
      wanted.add(format);
      const lacking = peer.become(format);
      if (lacking === null || frame !== this.#history.end) continue;
      const samples = this.#history.since(lacking);
      if (samples) peer.send(pcmPacket(samples, this.channels, 0, lacking, QUANTUM), frame);
    }
    return wanted;
  }

  #sender(format: Format): Sender {
    const { channels } = this;
    const { frames } = format;
    if (format.codec === "pcm") {
      return new PcmSender(channels, format, (samples, frame) => {
        const end = (frame + samples.length / channels) | 0;
        for (const peer of this.#of(format)) {
          peer.send(pcmPacket(samples, channels, 0, frame, frames), end);
        }
      });
    }
    return new OpusSender(channels, format, (packets, frame) => {
      for (const peer of this.#of(format)) {
        peer.send(opusPacket(packets, channels, 0, frame), (frame + frames) | 0);
      }
    });
  }

  #of(format: Format): NetPeer[] {
    return [...this.peers.values()].filter((peer) => peer.format === format);
  }

  close(): void {
    for (const sender of this.#senders.values()) sender.close();
    this.#senders.clear();
    this.interval.close();
  }
}
