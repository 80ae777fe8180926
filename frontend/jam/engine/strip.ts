// One player's channel in the mixer: source -> gain -> pan -> mix; spectrum on demand.
import type { Level } from "./meter";

/** How one hears somebody: a matter of one's own ears alone, nobody else is told. */
export interface Mix {
  /** 0–1.5 */
  volume: number;
  /** −1 (left) to 1 (right) */
  pan: number;
  muted: boolean;
  solo: boolean;
}

export const PLAIN: Mix = { volume: 1, pan: 0, muted: false, solo: false };
const DUCKED = 0.25; // 12 dB
const SOUNDS = 0.001;
const HOLD_S = 0.5; // slow enough that no pitch is heard to move
const SMOOTH_S = 0.015; // no zipper noise, no wait

export class Strip {
  level: Level = { peak: 0, rms: 0 };
  #live: Level = { peak: 0, rms: 0 };
  #source: AudioWorkletNode | null = null;
  /** what is heard an interval later, beside what is heard as it is played */
  #later: AudioWorkletNode | null = null;
  readonly #laterGain: GainNode;
  #analyser: AnalyserNode | null = null;
  readonly #gain: GainNode;
  readonly #pan: StereoPannerNode;
  /** What this player sends, before one's own volume, pan and mute: for a mix that isn't one's own. */
  readonly raw: GainNode;
  #hold: DelayNode | null = null;
  #mix: Mix = PLAIN;
  #others = false;
  #held = false;

  constructor(
    readonly context: AudioContext,
    output: AudioNode,
    readonly onLevel: (level: Level) => void,
  ) {
    this.#gain = new GainNode(context, { gain: 1 });
    this.#pan = new StereoPannerNode(context);
    this.#laterGain = new GainNode(context);
    this.raw = new GainNode(context);
    this.#laterGain.connect(this.#gain);
    this.#gain.connect(this.#pan).connect(output);
  }

  /** `source` posts levels on its port. The former one, if any, falls silent. */
  play(source: AudioWorkletNode): void {
    this.unplug();
    this.#source = source;
    source.connect(this.#gain);
    source.connect(this.raw);
    if (this.#analyser) source.connect(this.#analyser);
    source.port.onmessage = ({ data }: MessageEvent<Level>) => {
      this.#live = data;
      if (this.#later && data.peak < SOUNDS) return;
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

  /** The sound of interval mode; null: none. Posts levels as the other one does. */
  set later(source: AudioWorkletNode | null) {
    this.#later?.disconnect();
    this.#later?.port.postMessage("close");
    this.#later = source;
    if (!source) return;
    source.connect(this.#laterGain);
    source.connect(this.raw);
    if (this.#analyser) source.connect(this.#analyser);
    source.port.onmessage = ({ data }: MessageEvent<Level>) => {
      if (data.peak < this.#live.peak) return; // the louder of the two is shown
      this.level = data;
      this.onLevel(data);
    };
  }

  /** Holds this player back by so many ms, so that all are equally late. */
  set holdMs(ms: number) {
    if (ms === 0 && !this.#hold) return;
    if (!this.#hold) {
      this.#hold = new DelayNode(this.context, { maxDelayTime: 0.2 });
      this.#gain.disconnect(this.#pan);
      this.#gain.connect(this.#hold).connect(this.#pan);
    }
    this.#hold.delayTime.setTargetAtTime(Math.min(0.2, ms / 1000), this.context.currentTime, HOLD_S);
  }

  /** Lowers what is heard an interval later, while somebody speaks. */
  set ducked(ducked: boolean) {
    this.#laterGain.gain.setTargetAtTime(ducked ? DUCKED : 1, this.context.currentTime, 0.05);
  }

  get mix(): Mix {
    return this.#mix;
  }

  /** `othersSolo`: somebody else's strip is soloed, so this one is silent unless it is, too. */
  set(mix: Mix, othersSolo: boolean): void {
    this.#mix = mix;
    this.#others = othersSolo;
    this.#apply();
  }

  /** Silent for a reason that is not this person's choice: a host muted the player. */
  set held(held: boolean) {
    if (held === this.#held) return;
    this.#held = held;
    this.#apply();
  }

  get held(): boolean {
    return this.#held;
  }

  #apply(): void {
    const now = this.context.currentTime;
    this.#gain.gain.setTargetAtTime(this.silent ? 0 : this.#mix.volume, now, SMOOTH_S);
    this.#pan.pan.setTargetAtTime(this.#mix.pan, now, SMOOTH_S);
  }

  /** Whether nothing of this player is heard here. */
  get silent(): boolean {
    return this.#held || this.#mix.muted || (this.#others && !this.#mix.solo);
  }

  /** Decibels per frequency bin of what this player sends, before volume and mute. */
  spectrum(): Float32Array<ArrayBuffer> {
    if (!this.#analyser) {
      this.#analyser = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
      this.#source?.connect(this.#analyser);
      this.#later?.connect(this.#analyser);
    }
    const bins = new Float32Array(this.#analyser.frequencyBinCount);
    this.#analyser.getFloatFrequencyData(bins);
    return bins;
  }

  close(): void {
    this.unplug();
    this.later = null;
    this.#laterGain.disconnect();
    this.#analyser?.disconnect();
    this.raw.disconnect();
    this.#gain.disconnect();
    this.#hold?.disconnect();
    this.#pan.disconnect();
  }
}
