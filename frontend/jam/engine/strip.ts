// One player's channel in the mixer: source -> gain -> master; spectrum on demand.
import type { Level } from "./meter";

export class Strip {
  level: Level = { peak: 0, rms: 0 };
  #source: AudioWorkletNode | null = null;
  #analyser: AnalyserNode | null = null;
  readonly #gain: GainNode;
  #volume = 1;
  #muted = false;

  constructor(
    readonly context: AudioContext,
    output: AudioNode,
    readonly onLevel: (level: Level) => void,
  ) {
    this.#gain = new GainNode(context, { gain: 1 });
    this.#gain.connect(output);
  }

  /** `source` posts levels on its port. The former one, if any, falls silent. */
  play(source: AudioWorkletNode): void {
    this.unplug();
    this.#source = source;
    source.connect(this.#gain);
    if (this.#analyser) source.connect(this.#analyser);
    source.port.onmessage = ({ data }: MessageEvent<Level>) => {
      this.level = data;
      this.onLevel(data);
    };
  }

  unplug(): void {
    this.#source?.disconnect();
    this.#source?.port.postMessage("close");
    this.#source = null;
    this.level = { peak: 0, rms: 0 };
    this.onLevel(this.level);
  }

  set volume(value: number) {
    this.#volume = value;
    this.#apply();
  }

  get volume(): number {
    return this.#volume;
  }

  set muted(value: boolean) {
    this.#muted = value;
    this.#apply();
  }

  get muted(): boolean {
    return this.#muted;
  }

  #apply(): void {
    // A time constant of 15 ms: no zipper noise, no wait.
    const gain = this.#muted ? 0 : this.#volume;
    this.#gain.gain.setTargetAtTime(gain, this.context.currentTime, 0.015);
  }

  /** Decibels per frequency bin of what this player sends, before volume and mute. */
  spectrum(): Float32Array<ArrayBuffer> {
    if (!this.#analyser) {
      this.#analyser = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
      this.#source?.connect(this.#analyser);
    }
    const bins = new Float32Array(this.#analyser.frequencyBinCount);
    this.#analyser.getFloatFrequencyData(bins);
    return bins;
  }

  close(): void {
    this.unplug();
    this.#analyser?.disconnect();
    this.#gain.disconnect();
  }
}
