// Instead of the microphone's samples: a tone that swells for 150 ms at each whole half second of this
// machine's clock, made inside the page's own graph. Two pages on one machine swell at the same moments.
(() => {
  const hertz = __HERTZ__;
  AudioContext.prototype.createMediaStreamSource = function () {
    const context = this;
    const tone = new OscillatorNode(context, { frequency: hertz });
    const out = new GainNode(context, { gain: 0.08 });
    tone.connect(out);
    tone.start();
    const machine = () => performance.timeOrigin + performance.now();
    // Machine time minus context time: the least of many looks, as the context moves in bursts.
    let looks = [];
    let next = Math.ceil(machine() / 500 + 3) * 500;
    setInterval(() => {
      const now = machine();
      looks.push([now, now - context.currentTime * 1000]);
      looks = looks.filter(([at]) => at > now - 1500);
      if (looks.length < 50) return;
      const base = Math.min(...looks.map(([, value]) => value));
      while (next < now + 300) {
        const at = Math.max(0, (next - base) / 1000);
        out.gain.setValueAtTime(0.5, at);
        out.gain.setValueAtTime(0.08, at + 0.15);
        next += 500;
      }
    }, 4);
    return out;
  };
})();
