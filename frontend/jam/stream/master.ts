// The master mix: what listeners hear. It is mixed here, on the machine of who sends it, of nobody but those
// who agreed, apart from what this person hears themselves.
import type { AudioGraph } from "../engine/graph";
import type { Strip } from "../engine/strip";
import type { StreamBlock } from "../engine/stream-processor";
import type { MasterMix } from "./protocol";

export const EVEN: MasterMix = { volume: 1, pan: 0, muted: false };
const SMOOTH_S = 0.015;
const SETTLES = 3; // blocks of 20 ms after a change of voices, in which old sound may still be

/** One voice: its sound, how it is mixed. */
interface Channel {
  gain: GainNode;
  pan: StereoPannerNode;
}

export class Master {
  readonly #bus: GainNode;
  readonly #limiter: AudioWorkletNode;
  readonly #out: AudioWorkletNode;
  readonly #channels = new Map<Strip, Channel>();
  readonly #own: Channel;
  #take = 0;
  #left = SETTLES;

  /** `hear` gets blocks of 20 ms, interleaved. */
  constructor(readonly graph: AudioGraph, hear: (sound: Float32Array<ArrayBuffer>) => void) {
    const { context } = graph;
    const stereo = { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [2] };
    this.#bus = new GainNode(context);
    this.#limiter = new AudioWorkletNode(context, "jam-limiter", stereo);
    this.#out = new AudioWorkletNode(context, "jam-stream", stereo);
    this.#bus.connect(this.#limiter).connect(this.#out);
    this.#out.connect(context.destination); // silent, but what is connected is certain to run
    this.#own = this.#channel();
    graph.tapInput(this.#own.gain);
    this.#out.port.onmessage = ({ data }: MessageEvent<StreamBlock>) => {
      if (data.take !== this.#take) return;
      if (this.#left > 0) this.#left -= 1;
      else hear(data.sound);
    };
  }

  #channel(): Channel {
    const { context } = this.graph;
    const gain = new GainNode(context, { gain: 0 });
    const pan = new StereoPannerNode(context);
    gain.connect(pan).connect(this.#bus);
    return { gain, pan };
  }

  /** Who is in it from now on, and how; whoever isn't named is disconnected at once. */
  set(strips: ReadonlyMap<Strip, MasterMix>, own: MasterMix): void {
    for (const [strip, { gain, pan }] of this.#channels) {
      if (strips.has(strip)) continue;
      strip.raw.disconnect(gain);
      gain.disconnect();
      pan.disconnect();
      this.#channels.delete(strip);
    }
    for (const [strip, mix] of strips) {
      let channel = this.#channels.get(strip);
      if (!channel) {
        channel = this.#channel();
        strip.raw.connect(channel.gain);
        this.#channels.set(strip, channel);
      }
      this.#mix(channel, mix);
    }
    this.#mix(this.#own, own);
  }

  #mix({ gain, pan }: Channel, mix: MasterMix): void {
    const now = this.graph.context.currentTime;
    if (mix.muted) gain.gain.value = 0;
    gain.gain.setTargetAtTime(mix.muted ? 0 : mix.volume, now, SMOOTH_S);
    pan.pan.setTargetAtTime(mix.pan, now, SMOOTH_S);
  }

  /** What was mixed before this is heard by nobody. */
  anew(): void {
    this.#take += 1;
    this.#left = SETTLES;
    this.#out.port.postMessage(this.#take);
  }

  close(): void {
    this.set(new Map(), { ...EVEN, muted: true });
    this.graph.untapInput(this.#own.gain);
    this.#out.port.postMessage("close");
    for (const node of [this.#own.gain, this.#own.pan, this.#bus, this.#limiter, this.#out]) node.disconnect();
  }
}
