// One other player, as the network worker sees them: packets out through a channel, packets in through
// jitter control into the playout ring, counts of what happened.
import { CROWDED, CodecChoice, type Codec } from "./codec-choice";
import { SlackControl } from "./jitter";
import { OpusReceiver } from "./opus";
import {
  HEADER, KIND_OPUS, KIND_PCM, OPUS_FRAMES, OPUS_LOOKAHEAD, PCM_FRAMES, readHeader, readOpus,
} from "./packet";
import { PLAYOUT_FRAMES, Slot, playoutRing, writeSound, type PlayoutRing } from "./rings";

/** Where packets go: the channel itself, or the main thread where channels can't be given away. */
export interface Outlet {
  readonly open: boolean;
  readonly crowd: number; // bytes waiting
  send(bytes: ArrayBuffer): void;
}

export interface PeerCounts {
  peer: string;
  open: boolean;
  sending: Codec;
  receiving: Codec | null;
  received: number;
  lost: number;
  late: number;
  /** gaps in the sound, and concealed frames */
  underruns: number;
  concealed: number;
  /** packets not sent because the channel was crowded */
  heldBack: number;
  bufferMs: number;
  /** loss over the last report, for the sender's choice */
  lossNow: number;
  /** since the last packet came; null before the first */
  silentMs: number | null;
}

const JUMP_UP = 48 * 15; // frames of needless delay that are cut at once …
const JUMP_DOWN = -48 * 15; // … and of missing delay that are added at once
const EXPECT_MS = 150;

export class NetPeer {
  readonly choice: CodecChoice;
  readonly #ring: PlayoutRing;
  readonly #outlet: Outlet;
  readonly #opus: OpusReceiver;
  readonly #slack = new SlackControl(48 * 120);
  #number = 0; // of the next packet out
  #highest: number | null = null; // newest packet number in
  #lastAt = -1e9;
  #receiving: Codec | null = null;
  #received = 0;
  #lost = 0;
  #late = 0;
  #heldBack = 0;
  #reportReceived = 0;
  #reportLost = 0;
  #roundTrip: number | null = null;
  #playing = true; // they are not muted: silence from them is a fault

  constructor(
    readonly id: string,
    shared: SharedArrayBuffer,
    outlet: Outlet,
    forced: Codec | null,
    hasOpus: boolean,
  ) {
    this.#ring = playoutRing(shared);
    this.#outlet = outlet;
    this.#opus = new OpusReceiver(this.#ring, () => this.#position());
    this.choice = new CodecChoice(forced, hasOpus);
  }

  // ---- out ---------------------------------------------------------------------------------------

  /** True when a packet of this kind should be made for this player. */
  takes(codec: Codec): boolean {
    return this.#outlet.open && this.choice.codec === codec;
  }

  send(packet: ArrayBuffer): void {
    if (!this.#outlet.open) return;
    if (this.#outlet.crowd > CROWDED) {
      this.#heldBack += 1;
      this.#number += 1;
      this.choice.crowded(performance.now());
      return;
    }
    new DataView(packet).setUint16(2, this.#number & 0xffff, true);
    this.#number += 1;
    this.#outlet.send(packet);
  }

  path(roundTripMs: number | null, loss: number, playing: boolean): void {
    this.#playing = playing;
    this.#roundTrip = roundTripMs;
    this.choice.path(this.#roundTrip, loss, performance.now());
  }

  // ---- in ----------------------------------------------------------------------------------------

  receive(bytes: ArrayBuffer): void {
    const header = readHeader(bytes);
    if (!header) return;
    const now = performance.now();
    this.#count(header.number);
    if (header.kind === KIND_PCM) {
      const frames = (bytes.byteLength - HEADER) / (2 * header.channels);
      if (!Number.isInteger(frames) || frames > 4096) return;
      this.#become("pcm");
      this.#arrive(header.frame, 0, 8, now);
      this.#playPcm(bytes, header.channels, frames, header.frame);
    } else if (header.kind === KIND_OPUS) {
      const parts = readOpus(bytes);
      if (!parts) return;
      this.#become("opus");
      const before = (header.frame - OPUS_FRAMES) | 0;
      if (parts.previous.length > 0 && this.#opus.wants(before)) this.#playOpus(before, parts.previous, now);
      if (this.#opus.wants(header.frame)) this.#playOpus(header.frame, parts.current, now);
    }
    this.#lastAt = now;
  }

  #become(codec: Codec): void {
    if (this.#receiving === codec) return;
    this.#receiving = codec;
    this.#slack.clear(); // other packets need another delay
  }

  #count(number: number): void {
    this.#received += 1;
    if (this.#highest === null) {
      this.#highest = number;
      return;
    }
    const ahead = ((number - this.#highest) << 16) >> 16;
    if (ahead > 0) {
      this.#lost += ahead - 1;
      this.#highest = number;
    } else if (this.#lost > 0) this.#lost -= 1; // it was only late
  }

  #playPcm(bytes: ArrayBuffer, channels: number, frames: number, frame: number): void {
    const samples = new Int16Array(bytes, HEADER);
    const left = new Float32Array(frames);
    const right = channels === 2 ? new Float32Array(frames) : left;
    for (let i = 0; i < frames; i += 1) {
      left[i] = samples[i * channels]! / 32767;
      if (channels === 2) right[i] = samples[2 * i + 1]! / 32767;
    }
    writeSound(this.#ring, frame, left, right);
  }

  #playOpus(frame: number, bytes: Uint8Array, now: number): void {
    this.#arrive((frame - OPUS_LOOKAHEAD) | 0, (this.#opus.decodeMs + 1) * 48, 20, now);
    this.#opus.add(frame, bytes);
  }

  /** Notes how early a piece of sound came; starts or moves the playing position when far off. */
  #arrive(frame: number, needed: number, startMs: number, now: number): void {
    const head = this.#ring.head;
    if (Atomics.load(head, Slot.resyncEpoch) !== Atomics.load(head, Slot.resyncDone)) return;
    const slack = ((frame - this.#position()) | 0) - needed;
    if (slack < -48 * 200 || slack > PLAYOUT_FRAMES / 2) {
      this.#moveTo((frame - needed - startMs * 48) | 0);
      return;
    }
    if (slack < 0) this.#late += 1;
    this.#slack.add(slack, Atomics.load(head, Slot.correction) / 16, now);
  }

  #position(): number {
    return Atomics.load(this.#ring.head, Slot.position);
  }

  #moveTo(frame: number): void {
    Atomics.store(this.#ring.head, Slot.resyncTo, frame | 0);
    Atomics.store(this.#ring.head, Slot.excess, 0);
    Atomics.add(this.#ring.head, Slot.resyncEpoch, 1);
    this.#slack.clear();
  }

  // ---- ten times a second ------------------------------------------------------------------------

  tend(now: number): void {
    const head = this.#ring.head;
    // Silence counts too: once they were heard, sound is expected until they mute or go.
    const expected = this.#receiving !== null && this.#playing && this.#outlet.open;
    Atomics.store(head, Slot.expecting, expected || now - this.#lastAt < EXPECT_MS ? 1 : 0);
    if (Atomics.load(head, Slot.resyncEpoch) !== Atomics.load(head, Slot.resyncDone)) return;
    const excess = this.#slack.excess(Atomics.load(head, Slot.correction) / 16, now);
    if (excess > JUMP_UP || excess < JUMP_DOWN) this.#moveTo((this.#position() + excess) | 0);
    else Atomics.store(head, Slot.excess, excess);
  }

  pump(): void {
    this.#opus.pump();
  }

  counts(): PeerCounts {
    const received = this.#received - this.#reportReceived;
    const lost = Math.max(0, this.#lost - this.#reportLost);
    this.#reportReceived = this.#received;
    this.#reportLost = this.#lost;
    const packet = this.#receiving === "opus" ? OPUS_FRAMES + OPUS_LOOKAHEAD : PCM_FRAMES;
    const decoding = this.#receiving === "opus" ? this.#opus.decodeMs : 0;
    return {
      peer: this.id,
      open: this.#outlet.open,
      sending: this.choice.codec,
      receiving: this.#receiving,
      received: this.#received,
      lost: this.#lost,
      late: this.#late,
      underruns: Atomics.load(this.#ring.head, Slot.gaps),
      concealed: Atomics.load(this.#ring.head, Slot.concealed),
      heldBack: this.#heldBack,
      bufferMs: (packet + Math.max(0, this.#slack.median)) / 48 + decoding,
      lossNow: received + lost > 0 ? lost / (received + lost) : 0,
      silentMs: this.#receiving === null ? null : performance.now() - this.#lastAt,
    };
  }

  close(): void {
    this.#opus.close();
  }
}
