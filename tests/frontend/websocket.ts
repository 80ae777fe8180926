// The browser's WebSocket and the page's events, as far as ours use them. Import this before a socket.

export class FakeSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  /** All that were made, the newest last. */
  static made: FakeSocket[] = [];
  readyState = FakeSocket.CONNECTING;
  readonly sent: unknown[] = [];
  closedWith: number | undefined | null = null;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly address: string;

  constructor(address: string | URL) {
    super();
    this.address = String(address);
    FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code?: number): void {
    this.closedWith = code;
    this.readyState = FakeSocket.CLOSED;
  }

  // What the network does:
  opens(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
    this.dispatchEvent(new Event("open"));
  }
  says(data: string): void {
    this.onmessage?.({ data });
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
  ends(code: number): void {
    this.readyState = FakeSocket.CLOSED;
    this.onclose?.({ code });
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

export const newest = (): FakeSocket => FakeSocket.made.at(-1)!;

export const page = Object.assign(new EventTarget(), { hidden: false });
const windowEvents = new EventTarget();

export const online = (): boolean => windowEvents.dispatchEvent(new Event("online"));

const scope = globalThis as Record<string, unknown>;
scope["WebSocket"] = FakeSocket;
scope["addEventListener"] = windowEvents.addEventListener.bind(windowEvents);
scope["removeEventListener"] = windowEvents.removeEventListener.bind(windowEvents);
scope["window"] = globalThis;
scope["document"] = page;
scope["location"] = { href: "https://jam.example/rooms/1/", search: "" };
