// Put before the room's own script. The microphone becomes a click generator: either inside the room's
// graph ("graph") or as a MediaStream ("stream"), the only way that plain WebRTC audio can take.
// `probe.delays` of the sender's and hearer's pages are put together by the driver.
(() => {
  const inGraph = new URLSearchParams(location.search).get("probe") === "graph";
  const machine = () => performance.timeOrigin + performance.now();
  const probe = { emitted: [], heard: [] };
  window.probe = probe;

  /** Machine ms of a frame: the lower envelope of the last two seconds of ticks. */
  const clocks = new WeakMap();
  async function clock(context) {
    await context.audioWorklet.addModule("/dist/probe.worklet.js");
    const tick = new AudioWorkletNode(context, "probe-tick");
    tick.connect(context.destination);
    let entries = [];
    tick.port.onmessage = ({ data }) => {
      const now = machine();
      entries.push([now, now - (data * 1000) / context.sampleRate]);
      entries = entries.filter(([at]) => at > now - 2000);
    };
    return (frame) => (frame * 1000) / context.sampleRate + Math.min(...entries.map(([, base]) => base));
  }
  const clockOf = (context) => {
    if (!clocks.has(context)) clocks.set(context, clock(context));
    return clocks.get(context);
  };

  async function clicks(context, target) {
    const time = await clockOf(context);
    const node = new AudioWorkletNode(context, "probe-click");
    // The time is worked out later, when the clock has seen what comes after as well.
    node.port.onmessage = ({ data }) => setTimeout(() => probe.emitted.push(time(data)), 300);
    node.connect(target);
  }

  const original = AudioContext.prototype.createMediaStreamSource;
  let own = null;
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    if (!inGraph || stream !== own) return original.call(this, stream);
    const out = new GainNode(this);
    void clicks(this, out);
    return out;
  };

  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    if (inGraph) return (own = await ask(constraints));
    const context = new AudioContext({ sampleRate: 48000, latencyHint: 0 });
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    await clicks(context, out);
    return out.stream;
  };

  const connect = AudioNode.prototype.connect;
  const tapped = new WeakSet();
  AudioNode.prototype.connect = function (target, ...rest) {
    const { context } = this;
    if (this instanceof GainNode && target === context.destination && !tapped.has(context)) {
      tapped.add(context);
      void clockOf(context).then((time) => {
        const hear = new AudioWorkletNode(context, "probe-hear");
        hear.port.onmessage = ({ data }) => setTimeout(() => probe.heard.push(time(data)), 300);
        connect.call(this, hear);
        connect.call(hear, context.destination);
      });
    }
    return connect.call(this, target, ...rest);
  };
})();
