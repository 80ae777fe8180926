// The page's side of the network worker. Gives channels away where the browser can (Chromium, Safari),
// passes packets itself where it can't.
import type { Codec } from "./codec-choice";
import type { Buffering } from "./jitter";
import type { PeerCounts } from "./net-peer";
import type { FromWorker, ToWorker } from "./net-worker";

export class NetClient {
  readonly #worker: Worker;
  readonly #counts = new Map<string, (counts: PeerCounts) => void>();
  readonly #kept = new Map<string, RTCDataChannel>();
  opus = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static open(address: string, forced: Codec | null): Promise<NetClient> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(address, { type: "module", name: "jam-audio" });
      const client = new NetClient(worker);
      worker.onerror = () => reject(new Error("The audio worker did not start."));
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.t === "ready") {
          client.opus = data.opus;
          client.#tell({ t: "force", codec: forced });
          resolve(client);
        } else if (data.t === "counts") {
          for (const counts of data.peers) client.#counts.get(counts.peer)?.(counts);
          for (const [peer, channel] of client.#kept) {
            client.#tell({ t: "crowd", peer, bytes: channel.bufferedAmount });
          }
        } else {
          client.#send(data.peer, data.bytes);
        }
      };
    });
  }

  input(ring: SharedArrayBuffer, channels: number): void {
    this.#tell({ t: "input", ring, channels });
  }

  add(
    peer: string,
    ring: SharedArrayBuffer,
    channel: RTCDataChannel,
    counts: (counts: PeerCounts) => void,
  ): void {
    this.#counts.set(peer, counts);
    try {
      this.#tell({ t: "peer.add", peer, ring, channel }, [channel as unknown as Transferable]);
      return;
    } catch {
      // Firefox: the channel stays here
    }
    this.#tell({ t: "peer.add", peer, ring, channel: null });
    this.#kept.set(peer, channel);
    channel.binaryType = "arraybuffer";
    channel.onopen = () => this.#tell({ t: "open", peer, open: true });
    channel.onclose = () => this.#tell({ t: "open", peer, open: false });
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.#tell({ t: "packet", peer, bytes: data }, [data]);
    };
  }

  #send(peer: string, bytes: ArrayBuffer): void {
    const channel = this.#kept.get(peer);
    if (channel?.readyState !== "open") return;
    channel.send(bytes);
    if (channel.bufferedAmount > 0) this.#tell({ t: "crowd", peer, bytes: channel.bufferedAmount });
  }

  remove(peer: string): void {
    this.#counts.delete(peer);
    this.#kept.delete(peer);
    this.#tell({ t: "peer.remove", peer });
  }

  path(peer: string, roundTripMs: number | null, loss: number, playing: boolean): void {
    this.#tell({ t: "path", peer, roundTripMs, loss, playing });
  }

  trip(peer: string, ms: number): void {
    this.#tell({ t: "trip", peer, ms });
  }

  set buffering(buffering: Buffering) {
    this.#tell({ t: "buffering", buffering });
  }

  #tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  close(): void {
    this.#worker.terminate();
  }
}
