// One other player, as the network worker sees them: packets out through a channel, packets in through
// jitter control into the playout ring, counts of what happened.
import { CodecChoice, type Codec, type Format } from "./codec-choice";
import { IntervalPeer } from "./interval";
import { SlackControl, type Buffering } from "./jitter";
import { OpusReceiver } from "./opus";
import {
  HEADER, KIND_OPUS, KIND_PCM, OPUS_LOOKAHEAD, opusFrames, readHeader, readOpus, type Header,
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
  /** in what form, while there is a way to them */
  form: Format | null;
  receiving: Codec | null;
  received: number;
  lost: number;
  /** packets that didn't come themselves (yet), whose sound came in time in a later one */
  mended: number;
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
  /** interval mode: frames of silence where something was missing */
  missing: number;
}

const JUMP_UP = 48 * 15; // frames of needless delay that are cut at once …
const JUMP_DOWN = -48 * 15; // … and of missing delay that are added at once
const EXPECT_MS = 150;
const RECENT = 64; // packets of PCM of which it is known that they came

export class NetPeer {
  readonly choice: CodecChoice;
  /** whether they hear this player as it is played */
  live = true;
  readonly interval: IntervalPeer;
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
  #mended = 0;
  #late = 0;
  #heldBack = 0;
  #reportReceived = 0;
  #reportLost = 0;
  #format: Format | null = null;
  #sentTo = 0;
  /** first frames of the newest packets of PCM that came */
  readonly #recent = new Int32Array(RECENT);
  #recents = 0;
  #packetFrames = 0; // of the newest packet in
  #playing = true; // they are not muted, and heard live: silence from them is a fault
  #unmuted = true;

  constructor(
    readonly id: string,
    shared: SharedArrayBuffer,
    outlet: Outlet,
    forced: Codec | null,
    hasOpus: boolean,
    reliable: Outlet,
  ) {
    this.interval = new IntervalPeer(reliable);
    this.#ring = playoutRing(shared);
    this.#outlet = outlet;
    this.#opus = new OpusReceiver(this.#ring, () => this.#position());
    this.choice = new CodecChoice(forced, hasOpus);
  }

  // ---- out ---------------------------------------------------------------------------------------

  /** What this player is sent now. */
  get format(): Format | null {
    return this.#format;
  }

  /** The form in which this player should get sound; null while there is no way to them. */
  takes(players: number): Format | null {
    return this.#outlet.open ? this.choice.format(players) : null;
  }

  /** Changes the form; returns the frame from which sound is missing until the new one begins, if any. */
  become(format: Format): number | null {
    if (format === this.#format) return null;
    const changes = this.#format !== null;
    this.#format = format;
    // Where something waits, more would only come later than what follows it.
    return changes && this.#outlet.crowd === 0 ? this.#sentTo : null;
  }

  /** `end`: frame behind the last one of the packet. */
  send(packet: ArrayBuffer, end: number): void {
    if (!this.#outlet.open || !this.#format) return;
    if (this.#outlet.crowd > this.choice.mayWait(this.#format, packet.byteLength)) {
      this.#heldBack += 1;
      this.#number += 1;
      this.choice.crowded(performance.now());
      return;
    }
    new DataView(packet).setUint16(2, this.#number & 0xffff, true);
    this.#number += 1;
    this.#sentTo = end;
    this.#outlet.send(packet);
  }

  /** `heard`: their sound is wanted as it is played, so that its silence is a fault. */
  path(roundTripMs: number | null, loss: number, playing: boolean, heard: boolean): void {
    this.#unmuted = playing;
    this.#playing = playing && heard;
    this.choice.path(roundTripMs, loss, performance.now());
  }

  trip(ms: number): void {
    this.choice.trip(ms, performance.now());
  }

  set buffering(buffering: Buffering) {
    this.#slack.buffering = buffering;
  }

  // ---- in ----------------------------------------------------------------------------------------

  receive(bytes: ArrayBuffer): void {
    const header = readHeader(bytes);
    if (!header) return;
    const now = performance.now();
    this.#count(header.number);
    if (header.kind === KIND_PCM) this.#takePcm(bytes, header, now);
    else if (header.kind === KIND_OPUS) this.#takeOpus(bytes, header.frame, now);
    this.#lastAt = now;
  }

  #takePcm(bytes: ArrayBuffer, { channels, frame, fresh }: Header, now: number): void {
    const frames = (bytes.byteLength - HEADER) / (2 * channels);
    if (!Number.isInteger(frames) || frames === 0 || frames > 4096 || fresh > frames) return;
    this.#receives("pcm");
    const size = fresh || frames;
    const start = (frame + frames - size) | 0;
    const before = (start - size) | 0;
    // What is repeated counts as come now only if it hadn't come before: it mends what was lost.
    const mends = frames === 2 * size && !this.#recent.includes(before);
    if (mends) {
      this.#note(before, now);
      if (((before - this.#position()) | 0) >= 0) this.#mended += 1;
    }
    this.#note(start, now);
    this.#packetFrames = size;
    const skipped = mends || frames > 2 * size ? 0 : frames - size;
    this.#playPcm(bytes, channels, frames, frame, skipped);
  }

  #note(frame: number, now: number): void {
    this.#recent[this.#recents % RECENT] = frame;
    this.#recents += 1;
    this.#arrive(frame, 0, 8, now);
  }

  #takeOpus(bytes: ArrayBuffer, frame: number, now: number): void {
    const packets = readOpus(bytes);
    if (!packets || packets.some((packet) => opusFrames(packet) === 0)) return;
    this.#receives("opus");
    this.#packetFrames = opusFrames(packets[0]!);
    let start = (frame + this.#packetFrames) | 0;
    const starts = packets.map((packet) => (start = (start - opusFrames(packet)) | 0));
    for (let i = packets.length - 1; i >= 0; i -= 1) {
      if (!this.#opus.wants(starts[i]!)) continue;
      if (i > 0) this.#mended += 1;
      this.#playOpus(starts[i]!, packets[i]!, now);
    }
  }

  #receives(codec: Codec): void {
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

  #playPcm(bytes: ArrayBuffer, channels: number, frames: number, frame: number, skipped: number): void {
    const samples = new Int16Array(bytes, HEADER + 2 * channels * skipped);
    const count = frames - skipped;
    const left = new Float32Array(count);
    const right = channels === 2 ? new Float32Array(count) : left;
    for (let i = 0; i < count; i += 1) {
      left[i] = samples[i * channels]! / 32767;
      if (channels === 2) right[i] = samples[2 * i + 1]! / 32767;
    }
    writeSound(this.#ring, (frame + skipped) | 0, left, right);
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
    this.interval.tend(this.#unmuted);
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
    this.interval.pump();
    this.#opus.pump();
  }

  counts(): PeerCounts {
    const received = this.#received - this.#reportReceived;
    const lost = Math.max(0, this.#lost - this.#reportLost);
    this.#reportReceived = this.#received;
    this.#reportLost = this.#lost;
    const packet = this.#packetFrames + (this.#receiving === "opus" ? OPUS_LOOKAHEAD : 0);
    const decoding = this.#receiving === "opus" ? this.#opus.decodeMs : 0;
    return {
      peer: this.id,
      open: this.#outlet.open,
      sending: this.choice.codec,
      form: this.#format,
      receiving: this.#receiving,
      received: this.#received,
      lost: this.#lost,
      mended: this.#mended,
      late: this.#late,
      underruns: Atomics.load(this.#ring.head, Slot.gaps),
      concealed: Atomics.load(this.#ring.head, Slot.concealed),
      heldBack: this.#heldBack,
      bufferMs: (packet + Math.max(0, this.#slack.median)) / 48 + decoding,
      lossNow: received + lost > 0 ? lost / (received + lost) : 0,
      silentMs: this.#receiving === null ? null : performance.now() - this.#lastAt,
      missing: this.interval.missing,
    };
  }

  close(): void {
    this.interval.close();
    this.#opus.close();
  }
}
