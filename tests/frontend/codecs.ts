// WebCodecs, as far as our engine uses them: "encoding" makes bytes that say which call they come from,
// "decoding" makes sound of the bytes' first value behind the length. Import this before the engine.

interface Chunk {
  bytes: Uint8Array;
  frames: number;
}

/** A packet of so many frames: its first byte says how many (RFC 6716), the others are its name. */
export function named(frames: number, ...name: number[]): Uint8Array {
  return Uint8Array.of((28 + Math.log2(frames / 120)) << 3, ...name);
}

export const config = { supported: true, asked: [] as unknown[] };

/** All coders that were made, the newest last. */
export const encoders: Encoder[] = [];
export const decoders: Decoder[] = [];

class Coder {
  state: "unconfigured" | "configured" | "closed" = "unconfigured";
  configured: unknown = null;
  /** What went in and has not come out yet: output comes when a test asks for it. */
  readonly inside: (() => void)[] = [];
  configure(given: unknown): void {
    this.configured = given;
    this.state = "configured";
  }
  close(): void {
    this.state = "closed";
  }
  /** Lets so many come out. */
  put(count = Infinity): void {
    for (const give of this.inside.splice(0, count)) give();
  }
}

export class Encoder extends Coder {
  /** The first sample of each piece of sound that came in. */
  readonly heard: number[] = [];
  constructor(readonly init: { output: (chunk: unknown) => void }) {
    super();
    encoders.push(this);
  }
  static isConfigSupported(given: unknown): Promise<{ supported: boolean }> {
    config.asked.push(given);
    return Promise.resolve({ supported: config.supported });
  }
  encode(data: { init: { data: Float32Array; numberOfFrames: number } }): void {
    const bytes = named(data.init.numberOfFrames, this.heard.length, encoders.indexOf(this));
    this.heard.push(data.init.data[0]!);
    this.inside.push(() =>
      this.init.output({ byteLength: bytes.length, copyTo: (to: Uint8Array) => to.set(bytes) }));
  }
}

export class Decoder extends Coder {
  /** The name of each packet that came in. */
  readonly heard: number[] = [];
  constructor(readonly init: { output: (data: unknown) => void }) {
    super();
    decoders.push(this);
  }
  decode(chunk: Chunk): void {
    const first = chunk.bytes[1]!;
    this.heard.push(first);
    this.inside.push(() =>
      this.init.output({
        numberOfFrames: chunk.frames,
        numberOfChannels: 2,
        copyTo: (to: Float32Array, { planeIndex }: { planeIndex: number }) =>
          to.fill(planeIndex === 0 ? first / 256 : -first / 256),
        close: () => undefined,
      }));
  }
}

const scope = globalThis as Record<string, unknown>;
scope["AudioEncoder"] = Encoder;
scope["AudioDecoder"] = Decoder;
scope["AudioData"] = class {
  constructor(readonly init: unknown) {}
  close(): void {}
};
scope["EncodedAudioChunk"] = class implements Chunk {
  readonly bytes: Uint8Array;
  readonly frames: number;
  constructor(init: { data: Uint8Array; duration: number }) {
    this.bytes = init.data;
    this.frames = (init.duration * 48) / 1000;
  }
};
