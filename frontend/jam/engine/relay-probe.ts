// How far the relay is: this page talks to itself through it, with packets as sound takes them.

const PINGS = 20;
const EVERY_MS = 30;
const PATIENCE_MS = 8000;

/**
 * The least round trip to the relay and back in ms; null where there is no way through it. A ping and
 * its answer pass the way to the relay and back twice.
 */
export async function relayTrip(iceServers: RTCIceServer[]): Promise<number | null> {
  const setup: RTCConfiguration = { iceServers, iceTransportPolicy: "relay" };
  const [near, far] = [new RTCPeerConnection(setup), new RTCPeerConnection(setup)];
  try {
    const options = { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 };
    const [out, back] = [near.createDataChannel("", options), far.createDataChannel("", options)];
    back.onmessage = ({ data }) => back.send(String(data));
    near.onicecandidate = ({ candidate }) => void add(far, candidate);
    far.onicecandidate = ({ candidate }) => void add(near, candidate);
    await near.setLocalDescription(await near.createOffer());
    await far.setRemoteDescription(near.localDescription!);
    await far.setLocalDescription(await far.createAnswer());
    await near.setRemoteDescription(far.localDescription!);
    return await new Promise<number | null>((done) => ping(out, done));
  } catch {
    return null;
  } finally {
    near.close();
    far.close();
  }
}

async function add(to: RTCPeerConnection, candidate: RTCIceCandidate | null): Promise<void> {
  // Before the description came it is in the description itself, or comes again with it.
  if (candidate) await waitsForDescription(to).then(() => to.addIceCandidate(candidate)).catch(() => undefined);
}

async function waitsForDescription(of: RTCPeerConnection): Promise<void> {
  for (let looks = 0; !of.remoteDescription && looks < 100; looks++) {
    await new Promise((again) => setTimeout(again, 20));
  }
}

function ping(channel: RTCDataChannel, done: (least: number | null) => void): void {
  let [said, least] = [0, Infinity];
  let timer: ReturnType<typeof setInterval> | undefined;
  const end = (): void => {
    clearInterval(timer);
    clearTimeout(patience);
    done(least === Infinity ? null : least / 2);
  };
  const patience = setTimeout(end, PATIENCE_MS);
  const begin = (): void => {
    timer = setInterval(() => {
      said += 1;
      if (said > PINGS) end();
      else channel.send(String(performance.now()));
    }, EVERY_MS);
  };
  if (channel.readyState === "open") begin();
  else channel.onopen = begin;
  channel.onmessage = ({ data }) => {
    least = Math.min(least, performance.now() - Number(data));
  };
}
