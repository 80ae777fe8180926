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
  | { t: "peer.add"; peer: string; ring: SharedArrayBuffer; channel: RTCDataChannel | null }
  | { t: "peer.remove"; peer: string }
  | { t: "path"; peer: string; roundTripMs: number | null; loss: number; playing: boolean }
  | { t: "trip"; peer: string; ms: number }
  | { t: "buffering"; buffering: Buffering }
  // only where channels can't be moved to a worker:
  | { t: "open"; peer: string; open: boolean }
  | { t: "packet"; peer: string; bytes: ArrayBuffer }
  | { t: "crowd"; peer: string; bytes: number };

export type FromWorker =
  | { t: "ready"; opus: boolean }
  | { t: "counts"; peers: PeerCounts[] }
  | { t: "send"; peer: string; bytes: ArrayBuffer };

interface Scope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

class ProxyOutlet implements Outlet {
  open = false;
  crowd = 0;
  constructor(
    readonly peer: string,
    readonly scope: Scope,
  ) {}
  send(bytes: ArrayBuffer): void {
    this.scope.postMessage({ t: "send", peer: this.peer, bytes }, [bytes]);
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
  const proxies = new Map<string, ProxyOutlet>();
  const hasOpus = await opusWorks();
  let forced: Codec | null = null;
  let input = 0; // counts inputs: an older pump loop ends when a newer begins
  let buffering: Buffering = "balanced";
  let outgoing: Outgoing | null = null;

  async function pump(ring: CaptureRing, mine: number): Promise<void> {
    outgoing?.close();
    const mineOut = new Outgoing(ring.channels, peers);
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
        const { peer: id, channel } = data;
        let outlet: Outlet;
        if (channel) {
          outlet = new ChannelOutlet(channel, (bytes) => peers.get(id)?.receive(bytes));
        } else {
          const proxy = new ProxyOutlet(id, scope);
          proxies.set(id, proxy);
          outlet = proxy;
        }
        const peer = new NetPeer(id, data.ring, outlet, forced, hasOpus);
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
        peers.get(data.peer)?.path(data.roundTripMs, data.loss, data.playing);
        break;
      case "trip":
        peers.get(data.peer)?.trip(data.ms);
        break;
      case "buffering":
        buffering = data.buffering;
        for (const peer of peers.values()) peer.buffering = buffering;
        break;
      case "open": {
        const proxy = proxies.get(data.peer);
        if (proxy) proxy.open = data.open;
        break;
      }
      case "crowd": {
        const proxy = proxies.get(data.peer);
        if (proxy) proxy.crowd = data.bytes;
        break;
      }
      case "packet":
        peers.get(data.peer)?.receive(data.bytes);
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
