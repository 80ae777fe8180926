// The page's side of the network worker. Gives channels away where the browser can (Chromium, Safari),
// passes packets itself where it can't.
import type { Codec } from "./codec-choice";
import type { Buffering } from "./jitter";
import type { PeerCounts } from "./net-peer";
import type { FromWorker, ToWorker, Way } from "./net-worker";

const WAYS: readonly Way[] = ["live", "interval"];

export class NetClient {
  readonly #worker: Worker;
  readonly #counts = new Map<string, (counts: PeerCounts) => void>();
  readonly #kept = new Map<string, Record<Way, RTCDataChannel>>();
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
          for (const [peer, channels] of client.#kept) {
            for (const way of WAYS) client.#crowd(peer, way, channels[way]);
          }
        } else {
          client.#send(data.peer, data.way, data.bytes);
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
    channels: Record<Way, RTCDataChannel>,
    counts: (counts: PeerCounts) => void,
  ): void {
    this.#counts.set(peer, counts);
    try {
      const pair: [RTCDataChannel, RTCDataChannel] = [channels.live, channels.interval];
      this.#tell({ t: "peer.add", peer, ring, channels: pair }, pair as unknown as Transferable[]);
      return;
    } catch {
      // Firefox: the channels stay here
    }
    this.#tell({ t: "peer.add", peer, ring, channels: null });
    this.#kept.set(peer, channels);
    for (const way of WAYS) {
      const channel = channels[way];
      channel.binaryType = "arraybuffer";
      channel.onopen = () => this.#tell({ t: "open", peer, way, open: true });
      channel.onclose = () => this.#tell({ t: "open", peer, way, open: false });
      channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        this.#tell({ t: "packet", peer, way, bytes: data }, [data]);
      };
    }
  }

  #send(peer: string, way: Way, bytes: ArrayBuffer): void {
    const channel = this.#kept.get(peer)?.[way];
    if (channel?.readyState !== "open") return;
    channel.send(bytes);
    if (channel.bufferedAmount > 0) this.#crowd(peer, way, channel);
  }

  #crowd(peer: string, way: Way, channel: RTCDataChannel): void {
    this.#tell({ t: "crowd", peer, way, bytes: channel.bufferedAmount });
  }

  remove(peer: string): void {
    this.#counts.delete(peer);
    this.#kept.delete(peer);
    this.#tell({ t: "peer.remove", peer });
  }

  path(peer: string, about: { roundTripMs: number | null; loss: number; playing: boolean; heard: boolean }): void {
    this.#tell({ t: "path", peer, ...about });
  }

  /** Interval mode on, keeping so much of one's own sound for who comes; 0: off. */
  interval(keepMs: number): void {
    this.#tell({ t: "interval", keepMs });
  }

  /** Own sound goes to everybody as it is spoken, and nobody hears it an interval later. */
  talk(on: boolean): void {
    this.#tell({ t: "talk", on });
  }

  /** How they want to hear this player: live, and by interval from a frame on (null: not so). */
  wants(peer: string, live: boolean, from: number | null): void {
    this.#tell({ t: "wants", peer, live, from });
  }

  /** Has a player heard by interval, through a ring of its own. */
  hearInto(peer: string, ring: SharedArrayBuffer): void {
    this.#tell({ t: "hear.into", peer, ring });
  }

  /** … so many frames ahead of the context's own, beginning with their frame `from`. */
  hear(peer: string, lag: number, from: number): void {
    this.#tell({ t: "hear", peer, lag, from });
  }

  hearNoMore(peer: string): void {
    this.#tell({ t: "hear.stop", peer });
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
