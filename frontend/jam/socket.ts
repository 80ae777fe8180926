// The room's WebSocket: opens, reopens with back-off, and never sends faster than the server allows.
import type { FromServer, ToServer } from "./protocol";

export type SocketState = "connecting" | "open" | "waiting" | "ended";

/** Closing codes after which trying again is of no use. */
export const FINAL_CODES = new Set([4403, 4404, 4409]);
const PER_SECOND = 40; // the server's limit is 50

export interface SocketEvents {
  state(state: SocketState, code: number | null): void;
  open(): void;
  frame(frame: FromServer): void;
}

export class RoomSocket {
  #socket: WebSocket | null = null;
  #tries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #queue: ToServer[] = [];
  #sent: number[] = [];
  #drain: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(
    readonly address: string,
    readonly events: SocketEvents,
  ) {
    addEventListener("online", this.#hurry);
  }

  connect(): void {
    clearTimeout(this.#retry);
    this.events.state("connecting", null);
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      this.events.state("open", null);
      this.events.open();
    };
    socket.onmessage = ({ data }) => {
      try {
        this.events.frame(JSON.parse(String(data)) as FromServer);
      } catch (problem) {
        console.error("jam-room: could not handle a frame", problem);
      }
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket || this.#ended) return;
      this.#socket = null;
      this.#queue = [];
      if (FINAL_CODES.has(code)) {
        this.close(); // or the network's return would throw the newer tab out of the room
        this.events.state("ended", code);
        return;
      }
      this.events.state("waiting", code);
      const wait = Math.min(15_000, 400 * 2 ** this.#tries) * (0.7 + 0.6 * Math.random());
      this.#tries += 1;
      this.#retry = setTimeout(() => this.connect(), wait);
    };
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** False when there is no connection: the room is rebuilt from `welcome`, so nothing is kept back. */
  send(frame: ToServer): boolean {
    if (!this.open) return false;
    this.#queue.push(frame);
    this.#flush();
    return true;
  }

  /** For a connection that looks open and answers nothing. */
  renew(): void {
    const silent = this.#socket;
    if (!silent || this.#ended) return;
    this.#socket = null;
    this.#queue = [];
    silent.close();
    this.events.state("waiting", null);
    this.connect();
  }

  #flush(): void {
    clearTimeout(this.#drain);
    const now = performance.now();
    this.#sent = this.#sent.filter((at) => now - at < 1000);
    while (this.open && this.#queue.length > 0 && this.#sent.length < PER_SECOND) {
      this.#socket?.send(JSON.stringify(this.#queue.shift()));
      this.#sent.push(now);
    }
    if (this.#queue.length > 0) this.#drain = setTimeout(() => this.#flush(), 60);
  }

  readonly #hurry = (): void => {
    if (this.#ended || this.#socket) return;
    this.#tries = 0;
    this.connect();
  };

  close(): void {
    this.#ended = true;
    removeEventListener("online", this.#hurry);
    clearTimeout(this.#retry);
    clearTimeout(this.#drain);
    this.#socket?.close(1000);
  }
}
