// Clicks out, clicks in, and the frame counts that tie both to the machine's clock.
class Click extends AudioWorkletProcessor {
  process(_inputs, outputs) {
    const every = Math.round(sampleRate * 0.25);
    for (let i = 0; i < 128; i += 1) {
      const phase = (currentFrame + i) % every;
      const value = phase < 96 ? 0.8 * Math.sin((Math.PI * phase) / 12) : 0;
      for (const channel of outputs[0]) channel[i] = value;
      if (phase === 0) this.port.postMessage(currentFrame + i);
    }
    return true;
  }
}

class Hear extends AudioWorkletProcessor {
  constructor() {
    super();
    this.quiet = 0;
  }

  process(inputs) {
    const samples = inputs[0][0];
    for (let i = 0; samples && i < samples.length; i += 1) {
      if (Math.abs(samples[i]) < 0.2) continue;
      if (currentFrame + i - this.quiet > sampleRate / 10) this.port.postMessage(currentFrame + i);
      this.quiet = currentFrame + i;
    }
    return true;
  }
}

/** Every 13 quanta, so that over a second all phases of the device's bursts are met. */
class Tick extends AudioWorkletProcessor {
  process() {
    this.count = (this.count ?? 0) + 1;
    if (this.count % 13 === 0) this.port.postMessage(currentFrame + 128);
    return true;
  }
}

registerProcessor("probe-click", Click);
registerProcessor("probe-hear", Hear);
registerProcessor("probe-tick", Tick);
