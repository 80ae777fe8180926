// What one hears of oneself and of the room around it. Nothing of it is sent or recorded, but the low cut, which is.

const SMOOTH_S = 0.02;
const LONGEST_S = 0.5;
const ROOM_S = 1.4; // how long the reverb rings
const LOW_CUT_HZ = 80;

/** One's own sound in one's own ears, as late as one likes. */
export class Monitor {
  readonly #delay: DelayNode;
  readonly #gain: GainNode;
  #source: AudioNode | null = null;
  #volume = 0;

  constructor(context: BaseAudioContext, to: AudioNode) {
    this.#delay = new DelayNode(context, { maxDelayTime: LONGEST_S });
    this.#gain = new GainNode(context, { gain: 0 });
    this.#delay.connect(this.#gain).connect(to);
  }

  /** What is heard; connected only while it is. */
  set source(source: AudioNode) {
    if (this.#source && this.#volume > 0) this.#source.disconnect(this.#delay);
    this.#source = source;
    if (this.#volume > 0) source.connect(this.#delay);
  }

  /** 0–1.5; 0: one doesn't hear oneself. */
  set volume(volume: number) {
    if (volume > 0 && this.#volume === 0) this.#source?.connect(this.#delay);
    if (volume === 0 && this.#volume > 0) this.#source?.disconnect(this.#delay);
    this.#volume = volume;
    this.#gain.gain.setTargetAtTime(volume, this.#gain.context.currentTime, SMOOTH_S);
  }

  set delayMs(ms: number) {
    const seconds = Math.max(0, Math.min(LONGEST_S, ms / 1000));
    this.#delay.delayTime.setTargetAtTime(seconds, this.#delay.context.currentTime, SMOOTH_S);
  }
}

/** A room around all others: `from` is heard dry already, this adds what rings. */
export class Reverb {
  #convolver: ConvolverNode | null = null;
  readonly #wet: GainNode;

  constructor(readonly from: AudioNode, to: AudioNode) {
    this.#wet = new GainNode(from.context, { gain: 0 });
    this.#wet.connect(to);
  }

  /** 0–1. The convolution only runs while there is some. */
  set amount(amount: number) {
    if (amount > 0 && !this.#convolver) {
      this.#convolver = new ConvolverNode(this.from.context, { buffer: impulse(this.from.context) });
      this.from.connect(this.#convolver).connect(this.#wet);
    } else if (amount === 0 && this.#convolver) {
      this.from.disconnect(this.#convolver);
      this.#convolver.disconnect();
      this.#convolver = null;
    }
    this.#wet.gain.setTargetAtTime(amount, this.#wet.context.currentTime, SMOOTH_S);
  }
}

/** Noise that dies away by 60 dB: a plain room, the same on both sides of nobody's head. */
function impulse(context: BaseAudioContext): AudioBuffer {
  const length = Math.round(context.sampleRate * ROOM_S);
  const buffer = new AudioBuffer({ length, numberOfChannels: 2, sampleRate: context.sampleRate });
  for (let channel = 0; channel < 2; channel += 1) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < length; i += 1) samples[i] = (2 * Math.random() - 1) * 10 ** ((-3 * i) / length);
  }
  return buffer;
}

/** Takes away what stands and handling add below the lowest note of most instruments. */
export const lowCut = (context: BaseAudioContext): BiquadFilterNode =>
  new BiquadFilterNode(context, { type: "highpass", frequency: LOW_CUT_HZ });
