const SECONDS = 120;
registerProcessor(
  "witness",
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.samples = new Float32Array(SECONDS * sampleRate);
      this.times = new Float64Array((SECONDS * sampleRate) / 128);
      this.filled = 0;
      this.port.onmessage = () => {
        this.port.postMessage({
          samples: this.samples.slice(0, this.filled),
          times: this.times.slice(0, this.filled / 128),
        });
      };
    }
    process([[sound]]) {
      if (sound && this.filled + 128 <= this.samples.length) {
        this.samples.set(sound, this.filled);
        this.times[this.filled / 128] = Date.now();
        this.filled += 128;
      }
      return true;
    }
  },
);
