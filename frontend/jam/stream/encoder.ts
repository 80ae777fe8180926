// Opus for listeners by WebCodecs: packets of 20 ms, as good as music wants it, not as quick as players do.
const RATE = 48_000;
const CHANNELS = 2;
const FRAMES = 960;
const CONFIG = {
  codec: "opus",
  sampleRate: RATE,
  numberOfChannels: CHANNELS,
  bitrate: 128_000,
  opus: { format: "opus", frameDuration: 20_000, complexity: 8, usedtx: false, application: "audio", signal: "music" },
} as AudioEncoderConfig;

export async function encodes(): Promise<boolean> {
  if (typeof AudioEncoder === "undefined") return false;
  return AudioEncoder.isConfigSupported(CONFIG).then(({ supported }) => supported === true, () => false);
}

export class StreamEncoder {
  #encoder: AudioEncoder | null = null;
  #time = 0;

  constructor(readonly packet: (bytes: Uint8Array) => void) {}

  add(sound: Float32Array<ArrayBuffer>): void {
    if (!this.#encoder || this.#encoder.state === "closed") {
      this.#encoder = new AudioEncoder({
        output: (chunk) => {
          const bytes = new Uint8Array(chunk.byteLength);
          chunk.copyTo(bytes);
          this.packet(bytes);
        },
        error: () => undefined, // closed: the next sound starts another
      });
      this.#encoder.configure(CONFIG);
    }
    const data = new AudioData({
      format: "f32", sampleRate: RATE, numberOfFrames: FRAMES, numberOfChannels: CHANNELS,
      timestamp: this.#time, data: sound,
    });
    this.#time += 20_000;
    this.#encoder.encode(data);
    data.close();
  }

  close(): void {
    if (this.#encoder && this.#encoder.state !== "closed") this.#encoder.close();
    this.#encoder = null;
  }
}
