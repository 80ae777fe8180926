// WebCodecs, as far as our engine uses them: "encoding" makes bytes that say which call they come from,
// "decoding" makes sound of the bytes' first value. Import this before the engine.

interface Chunk {
  bytes: Uint8Array;
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
  encode(data: { init: { data: Float32Array } }): void {
    const bytes = Uint8Array.of(this.heard.length, encoders.indexOf(this));
    this.heard.push(data.init.data[0]!);
    this.inside.push(() =>
      this.init.output({ byteLength: bytes.length, copyTo: (to: Uint8Array) => to.set(bytes) }));
  }
}

export class Decoder extends Coder {
  /** The first byte of each packet that came in. */
  readonly heard: number[] = [];
  constructor(readonly init: { output: (data: unknown) => void }) {
    super();
    decoders.push(this);
  }
  decode(chunk: Chunk): void {
    const first = chunk.bytes[0]!;
    this.heard.push(first);
    this.inside.push(() =>
      this.init.output({
        numberOfFrames: 480,
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
  constructor(init: { data: Uint8Array }) {
    this.bytes = init.data;
  }
};
