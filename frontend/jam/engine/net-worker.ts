// The network worker: own sound from the capture ring into packets, packets of others into their
// playout rings. Runs apart from the page's main thread, whose stalls must not be heard.
import type { Codec } from "./codec-choice";
import type { Buffering } from "./jitter";
import { NetPeer, type Outlet, type PeerCounts } from "./net-peer";
import { opusWorks } from "./opus";
import { Outgoing } from "./outgoing";
import { captureRing, readBlocks, type CaptureRing } from "./rings";

export type ToWorker =
  | { t: "input"; ring: SharedArrayBuffer; channels: number }
  | { t: "force"; codec: Codec | null }
  | { t: "peer.add"; peer: string; ring: SharedArrayBuffer; channels: [RTCDataChannel, RTCDataChannel] | null }
  | { t: "peer.remove"; peer: string }
  | { t: "path"; peer: string; roundTripMs: number | null; loss: number; playing: boolean; heard: boolean }
  | { t: "trip"; peer: string; ms: number }
  | { t: "buffering"; buffering: Buffering }
  // interval mode; `keepMs`: an interval, or 0 while it is off
  | { t: "interval"; keepMs: number }
  | { t: "talk"; on: boolean }
  | { t: "wants"; peer: string; live: boolean; from: number | null }
  | { t: "hear.into"; peer: string; ring: SharedArrayBuffer }
  | { t: "hear"; peer: string; lag: number; from: number }
  | { t: "hear.stop"; peer: string }
  // only where channels can't be moved to a worker:
  | { t: "open"; peer: string; way: Way; open: boolean }
  | { t: "packet"; peer: string; way: Way; bytes: ArrayBuffer }
  | { t: "crowd"; peer: string; way: Way; bytes: number };

/** The two channels of a player: packets that may be lost, and the interval's, which may not. */
export type Way = "live" | "interval";

export type FromWorker =
  | { t: "ready"; opus: boolean }
  | { t: "counts"; peers: PeerCounts[] }
  | { t: "send"; peer: string; way: Way; bytes: ArrayBuffer };

interface Scope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

class ProxyOutlet implements Outlet {
  open = false;
  crowd = 0;
  constructor(
    readonly peer: string,
    readonly way: Way,
    readonly scope: Scope,
  ) {}
  send(bytes: ArrayBuffer): void {
    this.scope.postMessage({ t: "send", peer: this.peer, way: this.way, bytes }, [bytes]);
  }
}

class ChannelOutlet implements Outlet {
  constructor(
    readonly channel: RTCDataChannel,
    take: (bytes: ArrayBuffer) => void,
  ) {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) take(data);
    };
  }
  get open(): boolean {
    return this.channel.readyState === "open";
  }
  get crowd(): number {
    return this.channel.bufferedAmount;
  }
  send(bytes: ArrayBuffer): void {
    try {
      this.channel.send(bytes);
    } catch {
      // closing: the page hears of it from the connection
    }
  }
}

/** Resolves when the ring has grown past `seen`; polls where the browser can't wait without blocking. */
function grown(ring: CaptureRing, seen: number): Promise<unknown> {
  const atomics = Atomics as unknown as {
    waitAsync?: (a: Int32Array, i: number, v: number, ms: number) => { value: Promise<string> | string };
  };
  if (atomics.waitAsync) return Promise.resolve(atomics.waitAsync(ring.written, 0, seen, 100).value);
  return new Promise((resolve) => setTimeout(resolve, 3));
}

export async function runNetWorker(scope: Scope): Promise<void> {
  const peers = new Map<string, NetPeer>();
  const proxies = new Map<string, Record<Way, ProxyOutlet>>();
  const hasOpus = await opusWorks();
  let forced: Codec | null = null;
  let input = 0; // counts inputs: an older pump loop ends when a newer begins
  let buffering: Buffering = "balanced";
  let outgoing: Outgoing | null = null;
  let keepMs = 0;
  let talking = false;

  async function pump(ring: CaptureRing, mine: number): Promise<void> {
    outgoing?.close();
    const mineOut = new Outgoing(ring.channels, peers);
    mineOut.interval.keepMs = keepMs;
    mineOut.talking = talking;
    outgoing = mineOut;
    let read = Atomics.load(ring.written, 0);
    while (mine === input) {
      await grown(ring, read);
      read = readBlocks(ring, read, (frame, block) => mineOut.add(frame, block));
    }
  }

  scope.onmessage = ({ data }) => {
    switch (data.t) {
      case "input":
        input += 1;
        void pump(captureRing(data.channels, data.ring), input);
        break;
      case "force":
        forced = data.codec;
        break;
      case "peer.add": {
        const { peer: id, channels } = data;
        let ways: Record<Way, Outlet>;
        if (channels) {
          ways = {
            live: new ChannelOutlet(channels[0], (bytes) => peers.get(id)?.receive(bytes)),
            interval: new ChannelOutlet(channels[1], (bytes) => peers.get(id)?.interval.receive(bytes)),
          };
        } else {
          const proxied = {
            live: new ProxyOutlet(id, "live", scope), interval: new ProxyOutlet(id, "interval", scope),
          };
          proxies.set(id, proxied);
          ways = proxied;
        }
        const peer = new NetPeer(id, data.ring, ways.live, forced, hasOpus, ways.interval);
        peer.buffering = buffering;
        peers.set(id, peer);
        break;
      }
      case "peer.remove":
        peers.get(data.peer)?.close();
        peers.delete(data.peer);
        proxies.delete(data.peer);
        break;
      case "path":
        peers.get(data.peer)?.path(data.roundTripMs, data.loss, data.playing, data.heard);
        break;
      case "trip":
        peers.get(data.peer)?.trip(data.ms);
        break;
      case "buffering":
        buffering = data.buffering;
        for (const peer of peers.values()) peer.buffering = buffering;
        break;
      case "interval":
        keepMs = data.keepMs;
        if (outgoing) outgoing.interval.keepMs = keepMs;
        break;
      case "talk":
        talking = data.on;
        if (outgoing) outgoing.talking = talking;
        break;
      case "wants": {
        const peer = peers.get(data.peer);
        if (!peer) break;
        peer.live = data.live;
        peer.interval.wants = data.from;
        break;
      }
      case "hear":
        peers.get(data.peer)?.interval.hear(data.lag, data.from);
        break;
      case "hear.into":
        peers.get(data.peer)?.interval.playInto(data.ring);
        break;
      case "hear.stop":
        peers.get(data.peer)?.interval.stop();
        break;
      case "open": {
        const proxy = proxies.get(data.peer)?.[data.way];
        if (proxy) proxy.open = data.open;
        break;
      }
      case "crowd": {
        const proxy = proxies.get(data.peer)?.[data.way];
        if (proxy) proxy.crowd = data.bytes;
        break;
      }
      case "packet":
        if (data.way === "live") peers.get(data.peer)?.receive(data.bytes);
        else peers.get(data.peer)?.interval.receive(data.bytes);
        break;
    }
  };

  let ticks = 0;
  setInterval(() => {
    const now = performance.now();
    ticks += 1;
    for (const peer of peers.values()) {
      peer.pump();
      if (ticks % 20 === 0) peer.tend(now);
    }
    if (ticks % 100 === 0) {
      scope.postMessage({ t: "counts", peers: [...peers.values()].map((peer) => peer.counts()) });
    }
  }, 5);
  scope.postMessage({ t: "ready", opus: hasOpus });
}
