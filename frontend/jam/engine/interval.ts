// Interval mode in the network worker: own sound is encoded once and sent whole; that of others waits, encoded,
// until its time has come an interval later. What comes too late is silence, and shifts nothing.
import type { Format } from "./codec-choice";
import { OpusDecoder, OpusSender } from "./opus";
import { OPUS_LOOKAHEAD, KIND_OPUS, opusFrames, opusPacket, readHeader, readOpus } from "./packet";
import { Slot, playoutRing, writeSound, type PlayoutRing } from "./rings";

const RATE = 48_000;
const PACKET = 960; // frames
/** Packets of one message: what a message costs is shared, and a tenth of a second doesn't matter here. */
const BUNDLE = 5;
/** … and bytes of it: more would be two packets of the network, of which each can be lost. */
const FITS = 1050;
/** Over 600 ms there and back, 2 % of them lost, a channel carries some 14 packets a second. */
const FINE: Format = { codec: "opus", frames: PACKET, rate: 72, repeats: 0 };
const COARSE: Format = { ...FINE, rate: 40 };
/** Sound that waits on the way to somebody, beyond which all get less of it for a while. */
const BEHIND_MS = 2500;
const COARSE_MS = 20_000;
/** Bytes given to a channel ahead of what it has sent: the rest waits here, where what is late can be left out. */
const GIVEN_AHEAD = 8000;
/** What is so close to its time isn't sent any more: it would come too late, and hold up what follows. */
const LEAST_MS = 200;
const LONGEST_MS = 40_000; // of sound kept for who comes, and of what waits to be played
const MOST_WAITING = LONGEST_MS / 20;
const LARGEST = 1275; // bytes of one Opus frame (RFC 6716, section 3.2.1)
const DECODED_AHEAD = 0.3 * RATE;
const JUMP = 48 * 15; // frames off: moved at once rather than by resampling

/** Where messages go: a reliable channel, in no order. */
interface Way {
  readonly open: boolean;
  readonly crowd: number; // bytes
  send(bytes: ArrayBuffer): void;
}

interface Message {
  end: number; // frame behind its last sample
  bytes: ArrayBuffer;
}

/** One's own sound for all who hear it by interval. */
export class IntervalOut {
  #sender: OpusSender | null = null;
  #format = FINE;
  #coarseUntil = 0;
  #bundle: { frame: number; bytes: Uint8Array }[] = [];
  #history: Message[] = [];
  #keepMs = 0;

  constructor(
    readonly channels: number,
    readonly players: () => Iterable<IntervalPeer>,
  ) {}

  /** For how long sound is kept for who comes in the middle: an interval. 0: nothing is sent at all. */
  set keepMs(ms: number) {
    this.#keepMs = Math.min(ms, LONGEST_MS);
    if (ms === 0) this.close();
  }

  add(frame: number, block: Float32Array): void {
    if (this.#keepMs === 0) return;
    this.#sender ??= new OpusSender(this.channels, this.#format, ([bytes], at) => {
      if (bytes) this.#collect(at, bytes);
    });
    this.#sender.add(frame, block);
  }

  #collect(frame: number, bytes: Uint8Array): void {
    const last = this.#bundle.at(-1);
    const size = this.#bundle.reduce((sum, one) => sum + one.bytes.length + 2, bytes.length);
    if (last && (((last.frame + PACKET) | 0) !== frame || size > FITS)) this.#flush();
    this.#bundle.push({ frame, bytes });
    if (this.#bundle.length === BUNDLE) this.#flush();
  }

  /** Sends what is there: also called when sound stops. */
  #flush(): void {
    const newest = this.#bundle.at(-1);
    if (!newest) return;
    const packets = this.#bundle.map(({ bytes }) => bytes).reverse();
    const message = {
      end: (newest.frame + PACKET) | 0,
      bytes: opusPacket(packets, this.channels, 0, newest.frame),
    };
    this.#bundle = [];
    const oldest = (message.end - this.#keepMs * 48) | 0;
    this.#history = [...this.#history.filter(({ end }) => ((end - oldest) | 0) > 0), message];
    for (const player of this.players()) player.send(message, this.#history, this.#keepMs);
    this.#adapt();
  }

  #adapt(): void {
    const now = performance.now();
    const behind = [...this.players()].some((player) => player.behindMs > BEHIND_MS);
    if (behind) this.#coarseUntil = now + COARSE_MS;
    const format = now < this.#coarseUntil ? COARSE : FINE;
    if (format === this.#format) return;
    this.#format = format;
    this.#sender?.close();
    this.#sender = null;
  }

  /** Begins with the next sound: what was heard as it was spoken stays out of it. */
  pause(): void {
    this.#flush();
  }

  close(): void {
    this.#sender?.close();
    this.#sender = null;
    this.#bundle = [];
    this.#history = [];
  }
}

interface Waiting {
  frame: number;
  number: number;
  bytes: Uint8Array;
}

/** One other player: what they are sent, and what of theirs waits to be heard. */
export class IntervalPeer {
  /** the first of this player's frames that they want to hear by interval; null: none */
  wants: number | null = null;
  #number = 0;
  #begun = false;
  #caughtUp = false;
  #queue: Message[] = [];
  #newest = 0;
  #lasts = 0;
  #ring: PlayoutRing | null = null;
  #lag: number | null = null;
  #from = 0;
  #waiting: Waiting[] = [];
  readonly #decoder = new OpusDecoder((frame, left, right) => this.#play(frame, left, right));
  #last: number | null = null; // number of the newest message that was played
  /** messages that came after their time */
  late = 0;

  constructor(readonly way: Way) {}

  // ---- out -----------------------------------------------------------------------------------------

  /** `lastsMs`: an interval, after which a message is of no use. */
  send(message: Message, history: readonly Message[], lastsMs: number): void {
    this.#newest = message.end;
    this.#lasts = (lastsMs - LEAST_MS) * 48;
    if (this.wants === null || !this.way.open) {
      this.#begun = false;
      this.#queue = [];
      return;
    }
    if (this.#begun) this.#queue.push(message);
    else {
      this.#begun = true;
      this.#caughtUp = false;
      const from = this.wants;
      this.#queue = history.filter(({ end }) => ((end - from) | 0) > 0);
    }
    this.#give();
  }

  #give(): void {
    while (this.way.open && this.way.crowd < GIVEN_AHEAD) {
      const message = this.#queue.shift();
      if (!message) {
        this.#caughtUp = true;
        return;
      }
      const { bytes, end } = message;
      const number = this.#number & 0xffff;
      this.#number += 1; // a gap in the numbers says that something is missing
      if (((this.#newest - end) | 0) > this.#lasts) continue;
      const copy = bytes.slice(0);
      new DataView(copy).setUint16(2, number, true);
      this.way.send(copy);
    }
  }

  /** How much sound waits to be sent, apart from what somebody who came is given first. */
  get behindMs(): number {
    const oldest = this.#queue[0];
    return this.#caughtUp && oldest ? ((this.#newest - oldest.end) | 0) / 48 : 0;
  }

  // ---- in ------------------------------------------------------------------------------------------

  /** Where what is heard goes from now on. */
  playInto(shared: SharedArrayBuffer): void {
    this.#ring = playoutRing(shared);
  }

  /** Plays `lag` frames ahead of the context's own what begins at `from` or later. */
  hear(lag: number, from: number): void {
    this.#lag = Math.round(lag);
    this.#from = from | 0;
  }

  stop(): void {
    this.#ring = null;
    this.#lag = null;
    this.#waiting = [];
    this.#decoder.close();
  }

  receive(bytes: ArrayBuffer): void {
    const header = readHeader(bytes);
    const packets = header?.kind === KIND_OPUS ? readOpus(bytes) : null;
    const fits = (packet: Uint8Array): boolean => packet.length <= LARGEST && opusFrames(packet) === PACKET;
    if (!header || !packets?.every(fits)) return;
    for (let i = packets.length - 1; i >= 0; i -= 1) {
      const frame = (header.frame - i * PACKET) | 0;
      this.#insert({ frame, number: header.number, bytes: packets[i]!.slice() });
    }
    if (this.#waiting.length > MOST_WAITING) this.#waiting.splice(0, this.#waiting.length - MOST_WAITING);
  }

  /** In the order of frames: what was sent again comes behind what was sent after it. */
  #insert(packet: Waiting): void {
    let at = this.#waiting.length;
    while (at > 0 && ((this.#waiting[at - 1]!.frame - packet.frame) | 0) > 0) at -= 1;
    this.#waiting.splice(at, 0, packet);
  }

  /** Called every few ms: sends what the channel has room for, decodes what is played next. */
  pump(): void {
    this.#give();
    const ring = this.#ring;
    if (!ring || !this.#settled(ring)) return;
    const position = Atomics.load(ring.head, Slot.position);
    for (;;) {
      const next = this.#waiting[0];
      if (!next) return;
      const ahead = (next.frame - position) | 0;
      if (ahead > DECODED_AHEAD) return;
      this.#waiting.shift();
      if (((next.frame - this.#from) | 0) < 0) continue;
      if (ahead < -PACKET) this.late += 1;
      else this.#decoder.decode(next.frame, next.bytes);
      this.#last = next.number;
    }
  }

  /** Ten times a second: holds the position where it belongs. `playing`: they aren't muted. */
  tend(playing: boolean): void {
    const ring = this.#ring;
    if (!ring || this.#lag === null || !this.#settled(ring)) return;
    const { head } = ring;
    const position = Atomics.load(head, Slot.position);
    const excess = (this.#lag - Atomics.load(head, Slot.lag)) | 0;
    if (position === 0 || Math.abs(excess) > JUMP) {
      Atomics.store(head, Slot.resyncTo, (position + excess) | 0);
      Atomics.store(head, Slot.excess, 0);
      Atomics.add(head, Slot.resyncEpoch, 1);
    } else Atomics.store(head, Slot.excess, excess);
    const begun = ((position - this.#from) | 0) > 0;
    Atomics.store(head, Slot.expecting, begun && this.#isMissing(playing) ? 1 : 0);
  }

  /** Whether silence means that something is missing; a player who mutes leaves an honest gap. */
  #isMissing(playing: boolean): boolean {
    const next = this.#waiting[0];
    if (!next) return playing;
    return this.#last !== null && ((next.number - this.#last) & 0xffff) > 1;
  }

  #settled({ head }: PlayoutRing): boolean {
    return Atomics.load(head, Slot.resyncEpoch) === Atomics.load(head, Slot.resyncDone);
  }

  #play(frame: number, left: Float32Array, right: Float32Array): void {
    if (this.#ring) writeSound(this.#ring, (frame - OPUS_LOOKAHEAD) | 0, left, right);
  }

  /** Frames of silence where something was missing. */
  get missing(): number {
    return this.#ring ? Atomics.load(this.#ring.head, Slot.concealed) : 0;
  }

  close(): void {
    this.stop();
  }
}
