// One other player in a larger room: what a `Link` is where sound goes from browser to browser. Nothing is
// negotiated with them; their sound comes from the media server under the identity of their stay.
import { Link, type LinkEvents, type LinkSetup, type LinkState } from "../engine/link";
import type { Sound } from "./server";

export class SfuLink extends Link {
  #sound: Sound | null = null;

  constructor(
    setup: LinkSetup,
    events: LinkEvents,
    /** what the media server knows them by; empty while they aren't there */
    public identity: string,
    readonly closed: (link: SfuLink) => void,
  ) {
    super({ ...setup, offers: false, engine: "webrtc", policy: "relay" }, events);
    this.policy = "relay"; // nobody here sees anybody's network address
  }

  /** How far the path to the server is says nothing about the other half of it. */
  override get roundTripMs(): number | null {
    return null;
  }

  override get leastTripMs(): number | null {
    return null;
  }

  become(state: LinkState): void {
    if (this.state === state || this.state === "closed") return;
    this.state = state;
    this.events.state(state);
  }

  hear(sound: Sound | null): void {
    if (sound?.receiver === this.#sound?.receiver) return;
    this.#sound = sound;
    if (sound) this.events.remoteTrack(sound.stream, sound.receiver);
  }

  override take(): void {
    // there is nothing to negotiate
  }

  override repath(): void {
    // there is one path
  }

  override set ice(_servers: RTCIceServer[]) {
    // the server says which relays there are
  }

  override retrack(): Promise<void> {
    return Promise.resolve();
  }

  override close(): void {
    this.closed(this);
    super.close();
  }
}
