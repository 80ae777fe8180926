// Opus by WebCodecs: one encoder for all players who get the same form of it, one decoder for each who
// sends it.
import type { Format } from "./codec-choice";
import { OPUS_LOOKAHEAD, opusFrames } from "./packet";
import { writeSound, type PlayoutRing } from "./rings";

const RATE = 48_000;
const MOST_WAITING = 64; // packets

/** What the options for low delay are called; not yet in TypeScript's library. */
interface OpusConfig extends AudioEncoderConfig {
  opus?: AudioEncoderConfig["opus"] & { application?: string; signal?: string };
}

/** Two channels share much: they need two thirds more than one. */
const STEREO = 5 / 3;

function encoderConfig(channels: number, frames: number, rate: number): OpusConfig {
  return {
    codec: "opus",
    sampleRate: RATE,
    numberOfChannels: channels,
    bitrate: Math.round(rate * 1000 * (channels === 2 ? STEREO : 1)),
    opus: {
      format: "opus",
      frameDuration: (frames * 1_000_000) / RATE,
      complexity: 5,
      usedtx: false,
      useinbandfec: false,
      application: "lowdelay",
      signal: "music",
    },
  };
}

export async function opusWorks(): Promise<boolean> {
  if (typeof AudioEncoder === "undefined" || typeof AudioDecoder === "undefined") return false;
  try {
    const answer = await AudioEncoder.isConfigSupported(encoderConfig(1, 480, 96));
    return answer.supported === true;
  } catch {
    return false;
  }
}

export class OpusSender {
  readonly #channels: number;
  readonly #format: Format;
  readonly #send: (packets: readonly Uint8Array[], frame: number) => void;
  #encoder: AudioEncoder | null = null;
  #pending: Float32Array<ArrayBuffer>;
  #filled = 0;
  #next = 0; // frame number expected next
  #frames: number[] = []; // starts of what is inside the encoder: its output comes in order
  #before: { frame: number; bytes: Uint8Array }[] = []; // to be repeated, the newest first
  #time = 0;

  /** `send` gets the newest packet and those it repeats, and the frame of the newest's first sample. */
  constructor(
    channels: number,
    format: Format,
    send: (packets: readonly Uint8Array[], frame: number) => void,
  ) {
    this.#channels = channels;
    this.#format = format;
    this.#send = send;
    this.#pending = new Float32Array(format.frames * channels);
  }

  add(frame: number, block: Float32Array): void {
    if (frame !== this.#next) this.#filled = 0; // after muting or a stall
    const size = this.#pending.length;
    let from = 0;
    while (from < block.length) {
      const take = Math.min(size - this.#filled, block.length - from);
      this.#pending.set(block.subarray(from, from + take), this.#filled);
      this.#filled += take;
      from += take;
      if (this.#filled === size) {
        this.#encode((frame + from / this.#channels - this.#format.frames) | 0);
        this.#filled = 0;
      }
    }
    this.#next = (frame + block.length / this.#channels) | 0;
  }

  #encode(frame: number): void {
    if (!this.#encoder || this.#encoder.state === "closed") {
      this.#frames = [];
      this.#before = [];
      this.#encoder = new AudioEncoder({
        output: (chunk) => this.#take(chunk),
        error: () => undefined, // the state says closed: the next sound starts another encoder
      });
      this.#encoder.configure(encoderConfig(this.#channels, this.#format.frames, this.#format.rate));
    }
    const data = new AudioData({
      format: "f32",
      sampleRate: RATE,
      numberOfFrames: this.#format.frames,
      numberOfChannels: this.#channels,
      timestamp: this.#time,
      data: this.#pending,
    });
    this.#time += (this.#format.frames * 1_000_000) / RATE;
    this.#frames.push(frame);
    this.#encoder.encode(data);
    data.close();
  }

  #take(chunk: EncodedAudioChunk): void {
    const frame = this.#frames.shift();
    if (frame === undefined) return;
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    const { frames, repeats } = this.#format;
    const before = this.#before.findIndex((one, i) => one.frame !== ((frame - (i + 1) * frames) | 0));
    if (before >= 0) this.#before.length = before; // what lay before a pause is not repeated
    this.#send([bytes, ...this.#before.map((one) => one.bytes)], frame);
    this.#before.unshift({ frame, bytes });
    if (this.#before.length > repeats) this.#before.length = repeats;
  }

  close(): void {
    if (this.#encoder && this.#encoder.state !== "closed") this.#encoder.close();
    this.#encoder = null;
  }
}

/** Decodes packets in the order they are given; what comes out is known by the frame that went in. */
export class OpusDecoder {
  #decoder: AudioDecoder | null = null;
  #inside: { frame: number; since: number }[] = [];
  #time = 0;

  /** `play`: the frame that was given, its sound, and how many ms it took. */
  constructor(readonly play: (frame: number, left: Float32Array, right: Float32Array, ms: number) => void) {}

  decode(frame: number, bytes: Uint8Array): void {
    if (!this.#decoder || this.#decoder.state === "closed") {
      this.#inside = [];
      this.#decoder = new AudioDecoder({
        output: (data) => this.#take(data),
        error: () => undefined, // closed: the next packet starts another decoder
      });
      this.#decoder.configure({ codec: "opus", sampleRate: RATE, numberOfChannels: 2 });
    }
    this.#inside.push({ frame, since: performance.now() });
    const duration = (opusFrames(bytes) * 1_000_000) / RATE;
    this.#decoder.decode(
      new EncodedAudioChunk({ type: "key", timestamp: this.#time, duration, data: bytes }),
    );
    this.#time += duration;
  }

  #take(data: AudioData): void {
    const entry = this.#inside.shift();
    if (entry) {
      const left = new Float32Array(data.numberOfFrames);
      data.copyTo(left, { planeIndex: 0, format: "f32-planar" });
      let right = left;
      if (data.numberOfChannels > 1) {
        right = new Float32Array(data.numberOfFrames);
        data.copyTo(right, { planeIndex: 1, format: "f32-planar" });
      }
      this.play(entry.frame, left, right, performance.now() - entry.since);
    }
    data.close();
  }

  close(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
  }
}

/** Decodes in order: a packet waits for the one before it until that one's time has come. */
export class OpusReceiver {
  readonly #ring: PlayoutRing;
  readonly #position: () => number;
  readonly #decoder = new OpusDecoder((frame, left, right, ms) => this.#play(frame, left, right, ms));
  #waiting = new Map<number, Uint8Array>();
  #next: number | null = null;
  #grid = 480; // frames of the packets that come
  /** Milliseconds from decode() to sound, smoothed: the delay must have room for them. */
  decodeMs = 2;

  constructor(ring: PlayoutRing, position: () => number) {
    this.#ring = ring;
    this.#position = position;
  }

  /** Is this packet news? (The repeated one mostly is not.) */
  wants(frame: number): boolean {
    if (this.#waiting.has(frame)) return false;
    return this.#next === null || ((frame - this.#next) | 0) >= 0 || this.#far(frame, this.#next);
  }

  add(frame: number, bytes: Uint8Array): void {
    this.#grid = opusFrames(bytes);
    if (this.#next === null || this.#far(frame, this.#next)) {
      this.#waiting.clear();
      this.#next = frame;
    }
    // What lies behind is never played; more than a second of it ahead is no stream of ours.
    for (const other of this.#waiting.keys()) if (((other - this.#next) | 0) < 0) this.#waiting.delete(other);
    if (this.#waiting.size >= MOST_WAITING) this.#waiting.clear();
    this.#waiting.set(frame, bytes);
    this.pump();
  }

  /** Also called by a timer, as the time to give up on a packet comes without another arriving. */
  pump(): void {
    while (this.#next !== null && this.#waiting.size > 0) {
      const bytes = this.#waiting.get(this.#next);
      let frames = this.#grid;
      if (bytes) {
        frames = opusFrames(bytes);
        this.#waiting.delete(this.#next);
        this.#decoder.decode(this.#next, bytes);
      } else {
        const room = (this.#next - OPUS_LOOKAHEAD - this.#position()) | 0;
        if (room > (this.decodeMs + 1) * 48) return;
        if (!this.#follows(this.#next)) {
          this.#next = this.#oldest();
          continue;
        }
      }
      this.#next = (this.#next + frames) | 0;
    }
  }

  /** Whether what waits lies on this one's grid of packets (it does not after a mute, or in another form). */
  #follows(frame: number): boolean {
    for (const other of this.#waiting.keys()) {
      const ahead = (other - frame) | 0;
      // What is behind would be walked to through all frames there are: it is taken next.
      if (ahead < 0 || ahead % this.#grid !== 0) return false;
    }
    return true;
  }

  #oldest(): number {
    let oldest: number | null = null;
    for (const frame of this.#waiting.keys()) {
      if (oldest === null || ((frame - oldest) | 0) < 0) oldest = frame;
    }
    return oldest ?? 0;
  }

  #far(a: number, b: number): boolean {
    return Math.abs((a - b) | 0) > RATE;
  }

  #play(frame: number, left: Float32Array, right: Float32Array, took: number): void {
    this.decodeMs += (Math.min(20, took) - this.decodeMs) * (took > this.decodeMs ? 0.2 : 0.02);
    writeSound(this.#ring, (frame - OPUS_LOOKAHEAD) | 0, left, right);
  }

  close(): void {
    this.#decoder.close();
  }
}
