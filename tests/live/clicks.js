// Instead of the microphone: a click at each whole half second of this machine's clock, scheduled inside
// the page's own graph. Both pages of a test run on one machine, so their clicks are simultaneous.
(() => {
  AudioContext.prototype.createMediaStreamSource = function () {
    const context = this;
    const out = new GainNode(context);
    const click = context.createBuffer(1, 96, context.sampleRate);
    click.getChannelData(0).forEach((_, i, all) => (all[i] = 0.8 * Math.sin((Math.PI * i) / 12)));
    const machine = () => performance.timeOrigin + performance.now();
    // Machine time minus context time: the least of many looks, as the context moves in bursts.
    let entries = [];
    let next = Math.ceil(machine() / 500 + 2) * 500;
    setInterval(() => {
      const now = machine();
      entries.push([now, now - context.currentTime * 1000]);
      entries = entries.filter(([at]) => at > now - 1500);
      if (entries.length < 50) return;
      const base = Math.min(...entries.map(([, value]) => value));
      while (next < now + 300) {
        const source = new AudioBufferSourceNode(context, { buffer: click });
        source.connect(out);
        source.start(Math.max(0, (next - base) / 1000));
        next += 500;
      }
    }, 4);
    return out;
  };
})();
