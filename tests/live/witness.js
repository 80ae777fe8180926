// Instead of the microphone: noise made in the page's own graph, and a recorder of its own that hears the
// same node. It keeps every sample, the frame it begins with and the time of each block, for the tests to
// compare with the stem.
(() => {
  const add = AudioWorklet.prototype.addModule;
  let added = null;
  AudioWorklet.prototype.addModule = async function (address) {
    added ??= add.call(this, "/dist/witness-worklet.js");
    await added;
    return add.call(this, address);
  };
  AudioContext.prototype.createMediaStreamSource = function () {
    const buffer = this.createBuffer(1, 120 * this.sampleRate, this.sampleRate);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i += 1) samples[i] = Math.random() - 0.5;
    const noise = new AudioBufferSourceNode(this, { buffer, loop: true });
    noise.start();
    const witness = new AudioWorkletNode(this, "witness");
    noise.connect(witness);
    witness.connect(this.destination);
    window.heard = () =>
      new Promise((resolve) => {
        witness.port.onmessage = ({ data }) => resolve(data);
        witness.port.postMessage("tell");
      });
    return noise;
  };
})();
