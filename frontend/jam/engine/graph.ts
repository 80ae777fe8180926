// The page's AudioContext: own input through the capture worklet, other players through strips.
import type { CaptureMessage, CaptureOptions } from "./capture-processor";
import { amplitude, channelsOf, choosesOutput, openInput, type InputChoice } from "./input";
import type { Level } from "./meter";
import { Monitor, Reverb, lowCut } from "./monitor";
import type { PlayoutOptions } from "./playout-processor";
import { captureRing } from "./rings";
import { Strip } from "./strip";

export interface WorkletAddresses {
  capture: string;
  playout: string;
}

export interface Input {
  stream: MediaStream | null;
  channels: 1 | 2;
  ring: SharedArrayBuffer | null;
}

export const ENGINE_RATE = 48_000;
const LOOPBACK_CLICKS = 8;

export class AudioGraph {
  /** all other players together, before the limiter */
  readonly #mix: GainNode;
  readonly #master: GainNode;
  /** the metronome: heard here, neither sent nor recorded */
  readonly clicks: GainNode;
  /** the backing track: the same */
  readonly track: GainNode;
  readonly monitor: Monitor;
  readonly reverb: Reverb;
  #cut: BiquadFilterNode | null = null;
  #capture: AudioWorkletNode | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  readonly #gain: GainNode;
  #muted = false;
  #aside = false;
  #recorder: MessagePort | null = null;
  #recording = false;
  input: Input = { stream: null, channels: 1, ring: null };
  /** Sources of remote sound, held as long as their meters: Chromium collects one nobody holds. */
  readonly #sources = new WeakMap<AudioWorkletNode, MediaStreamAudioSourceNode>();
  onOwnLevel: (level: Level) => void = () => undefined;
  /** The input went away (unplugged, or taken back by the browser). */
  onInputLost: () => void = () => undefined;

  private constructor(readonly context: AudioContext) {
    this.#gain = new GainNode(context);
    this.#mix = new GainNode(context);
    this.#master = new GainNode(context);
    const limiter = new AudioWorkletNode(context, "jam-limiter", {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [2],
    });
    this.clicks = new GainNode(context);
    this.clicks.connect(limiter);
    this.track = new GainNode(context);
    this.track.connect(limiter);
    this.monitor = new Monitor(context, limiter);
    this.monitor.source = this.#gain;
    this.reverb = new Reverb(this.#mix, limiter);
    this.#mix.connect(limiter).connect(this.#master).connect(context.destination);
  }

  static async open(addresses: WorkletAddresses): Promise<AudioGraph> {
    // latencyHint 0: "interactive" costs 7 ms. Call this inside a user gesture where possible.
    const context = new AudioContext({ sampleRate: ENGINE_RATE, latencyHint: 0 });
    await context.audioWorklet.addModule(addresses.capture);
    await context.audioWorklet.addModule(addresses.playout);
    return new AudioGraph(context);
  }

  /** Opens an input, or a silent stand-in (`null`) for those who only listen. */
  async use(choice: InputChoice | null): Promise<Input> {
    const stream = choice ? await openInput(choice) : null;
    const channels = stream && choice ? channelsOf(stream, choice) : 1;
    const shared = typeof SharedArrayBuffer !== "undefined";
    const ring = shared ? captureRing(channels).buffer : null;
    const options: CaptureOptions = { channels, ring };
    const node = new AudioWorkletNode(this.context, "jam-capture", {
      numberOfInputs: 1,
      numberOfOutputs: 1, // silent, but what is connected is certain to run
      channelCountMode: "max",
      processorOptions: options,
    });
    const source = stream ? this.context.createMediaStreamSource(stream) : null;
    if (choice) this.gain = choice.gain;
    if (choice) await this.sendTo(choice.output);
    node.connect(this.#master);
    node.port.onmessage = ({ data }: MessageEvent<Level>) => this.onOwnLevel(data);
    this.#closeInput();
    source?.connect(this.#gain);
    this.#own.connect(node);
    this.#capture = node;
    this.#source = source;
    this.input = { stream, channels, ring };
    stream?.getAudioTracks()[0]?.addEventListener("ended", () => {
      if (this.input.stream === stream) this.onInputLost();
    });
    this.muted = this.#muted;
    this.aside = this.#aside;
    return this.input;
  }

  /** One's own sound as it goes out. */
  get #own(): AudioNode {
    return this.#cut ?? this.#gain;
  }

  /** Leaves out what is below 80 Hz: for the others, one's own ears and the stem. */
  set lowCut(on: boolean) {
    if (on === (this.#cut !== null)) return;
    const before = this.#own;
    if (this.#capture) before.disconnect(this.#capture);
    if (this.#cut) this.#gain.disconnect(this.#cut);
    this.#cut = on ? lowCut(this.context) : null;
    if (this.#cut) this.#gain.connect(this.#cut);
    if (this.#capture) this.#own.connect(this.#capture);
    this.monitor.source = this.#own;
  }

  /** How much louder one's own input is taken, dB: for the others, the meter and the stem. */
  set gain(decibels: number) {
    this.#gain.gain.setTargetAtTime(amplitude(decibels), this.context.currentTime, 0.015);
  }

  /** Has the room sound from another device; one that is gone leaves it where it was. */
  async sendTo(output: string | null): Promise<void> {
    if (!choosesOutput()) return;
    const context = this.context as AudioContext & { setSinkId(id: string): Promise<void>; sinkId: unknown };
    if (context.sinkId === (output ?? "")) return;
    await context.setSinkId(output ?? "").catch(() => undefined);
  }

  /** Where the recorder's worker hears the batches; a new port after each change of input. */
  recordTo(port: MessagePort): void {
    this.#recorder = port;
    this.#tell({ t: "record", port }, [port]);
    this.recording = this.#recording;
  }

  get hasRecorder(): boolean {
    return this.#recorder !== null;
  }

  set recording(on: boolean) {
    this.#recording = on;
    this.#tell({ t: "recording", on });
  }

  get recording(): boolean {
    return this.#recording;
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    this.#tell({ t: "mute", muted });
  }

  /** Spoken past the music: sent, and silence in the take. */
  set aside(on: boolean) {
    this.#aside = on;
    this.#tell({ t: "aside", on });
  }

  #tell(message: CaptureMessage, transfer: Transferable[] = []): void {
    this.#capture?.port.postMessage(message, transfer);
  }

  strip(onLevel: (level: Level) => void): Strip {
    return new Strip(this.context, this.#mix, onLevel);
  }

  playout(ring: SharedArrayBuffer): AudioWorkletNode {
    const options: PlayoutOptions = { ring };
    return new AudioWorkletNode(this.context, "jam-playout", {
      numberOfInputs: 0,
      numberOfOutputs: 1,
      outputChannelCount: [2],
      processorOptions: options,
    });
  }

  /** For the fallback engine: a remote track with a meter behind it. */
  remote(stream: MediaStream): AudioWorkletNode {
    const meter = new AudioWorkletNode(this.context, "jam-meter", {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [2],
    });
    const source = this.context.createMediaStreamSource(stream);
    source.connect(meter);
    this.#sources.set(meter, source);
    return meter;
  }

  /**
   * Plays clicks and listens for them at the input; `heard`: frames that each took, null for one that didn't come.
   * Resolves when all are done.
   */
  loopback(heard: (frames: number | null) => void): Promise<void> {
    const node = new AudioWorkletNode(this.context, "jam-loopback", { outputChannelCount: [2] });
    this.#gain.connect(node).connect(this.context.destination);
    let left = LOOPBACK_CLICKS;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(patience);
        node.port.postMessage("close");
        this.#gain.disconnect(node);
        node.disconnect();
        resolve();
      };
      const patience = setTimeout(end, 2 * LOOPBACK_CLICKS * 600); // an output that stands still
      node.port.onmessage = ({ data }: MessageEvent<number | null>) => {
        heard(data);
        left -= 1;
        if (left === 0) end();
      };
    });
  }

  /** One's own input as it comes in, before mute: for the tuner. Disconnect it at the end. */
  listenToInput(samples: number): AnalyserNode {
    const analyser = new AnalyserNode(this.context, { fftSize: samples });
    this.#gain.connect(analyser);
    return analyser;
  }

  /** One's own input before mute, into a mix that isn't one's own. Disconnect it at the end. */
  tapInput(to: AudioNode): void {
    this.#gain.connect(to);
  }

  untapInput(from: AudioNode): void {
    this.#gain.disconnect(from);
  }

  /** How loud all others are together here; nothing of it is sent or recorded. */
  set volume(volume: number) {
    this.#mix.gain.setTargetAtTime(volume, this.context.currentTime, 0.015);
  }

  /** Milliseconds from a rendered sample to the ear, as far as the browser tells. */
  get outputMs(): number {
    return 1000 * (this.context.outputLatency || this.context.baseLatency || 0);
  }

  #closeInput(): void {
    this.#source?.disconnect();
    if (this.#capture) this.#own.disconnect(this.#capture);
    this.#capture?.disconnect();
    this.#tell({ t: "close" });
    for (const track of this.input.stream?.getTracks() ?? []) track.stop();
    this.#source = null;
    this.#capture = null;
    this.#recorder = null;
  }

  async close(): Promise<void> {
    this.#closeInput();
    this.input = { stream: null, channels: 1, ring: null };
    await this.context.close();
  }
}
