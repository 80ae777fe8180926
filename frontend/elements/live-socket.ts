// A WebSocket that comes back by itself: waits a little longer each time (with some chance in it, so
// that a restart of the server does not bring everyone back in the same second), and at once when
// the network returns or the page is looked at again.
const FIRST_MS = 500;
const LONGEST_MS = 15_000;
// The server says: you may not be here (any more). Then there is nothing to come back to.
const FINAL_CODES = new Set([4404, 4409]);

export class LiveSocket {
  #socket: WebSocket | undefined;
  #tries = 0;
  #timer = 0;
  #closed = false;

  constructor(
    readonly address: string,
    readonly onFrame: (frame: unknown) => void,
    readonly onChange: (open: boolean) => void,
  ) {}

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open(): void {
    this.#closed = false;
    window.addEventListener("online", this.#now);
    document.addEventListener("visibilitychange", this.#now);
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    window.clearTimeout(this.#timer);
    window.removeEventListener("online", this.#now);
    document.removeEventListener("visibilitychange", this.#now);
    this.#socket?.close(1000);
  }

  /** For a connection that looks open and answers nothing. */
  renew(): void {
    const silent = this.#socket;
    this.#socket = undefined;
    silent?.close();
    this.onChange(false);
    window.clearTimeout(this.#timer);
    this.#connect();
  }

  send(frame: unknown): void {
    if (this.isOpen) this.#socket?.send(JSON.stringify(frame));
  }

  #now = (): void => {
    if (document.hidden || this.#closed) return;
    const state = this.#socket?.readyState;
    if (state === WebSocket.OPEN || state === WebSocket.CONNECTING) return;
    window.clearTimeout(this.#timer);
    this.#connect();
  };

  #connect(): void {
    const url = new URL(this.address, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#tries = 0;
      this.onChange(true);
    });
    socket.addEventListener("message", ({ data }) => {
      try {
        this.onFrame(JSON.parse(String(data)));
      } catch {
        // A frame we can't read is no reason to stop listening.
      }
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.#closed || socket !== this.#socket) return;
      this.onChange(false);
      if (FINAL_CODES.has(code)) {
        this.close();
        return;
      }
      const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries++);
      this.#timer = window.setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
    });
  }
}
