// The sound of a larger room, through the site's media server: asks our server for a way in, connects,
// publishes one's own input, and gives each player's sound to their strip. Connects anew for as long as the
// room is open. The server's client is loaded when a room needs it.
import type { LinkEvents, LinkSetup } from "../engine/link";
import type { FromServer, PeerInfo, ToServer } from "../protocol";
import { SfuLink } from "./link";
import type { Open, Server, Sound } from "./server";

export interface SfuHost {
  send(frame: ToServer): void;
  /** one's own sound; null: one listens */
  track(): MediaStreamTrack | null;
  load?: (script: string) => Promise<{ open: Open }>;
}

const FIRST_MS = 1000;
const LONGEST_MS = 20_000;

export class Sfu {
  #server: Server | null = null;
  #sounds = new Map<string, Sound>();
  #present = new Set<string>();
  readonly #links = new Map<string, SfuLink>();
  #muted = false;
  #closed = false;
  #publishes = false;
  #opening = false;
  /** what was published so far needs another token */
  #anew = false;
  #again: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_MS;
  #up = false;

  constructor(
    readonly script: string,
    readonly host: SfuHost,
  ) {}

  /** Whether the server carries sound now. */
  get up(): boolean {
    return this.#up;
  }

  take(frame: FromServer): void {
    if (frame.t === "welcome") this.#ask();
    else if (frame.t === "state") this.#identify(frame.peer, frame.sfu ?? "");
    else if (frame.t === "sfu") void this.#enter(frame.url, frame.token);
    else if (frame.t === "error" && frame.for === "sfu" && frame.code !== "refused") this.#later();
  }

  /** A player's place in the mesh: `Link` of rooms whose sound goes from browser to browser. */
  link(info: PeerInfo, setup: LinkSetup, events: LinkEvents): SfuLink {
    const link = new SfuLink(setup, events, info.sfu ?? "", (gone) => {
      if (this.#links.get(info.peer) === gone) this.#links.delete(info.peer);
      this.#allow();
    });
    this.#links.set(info.peer, link);
    this.#allow();
    queueMicrotask(() => this.#attach(link)); // once the player has it
    return link;
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    void this.#server?.mute(muted).catch(() => undefined);
  }

  /** After a change of input. */
  async retrack(): Promise<void> {
    if (!this.#server) return;
    if (this.host.track() && !this.#publishes) {
      this.#anew = true; // came to listen, and plays now
      this.#ask();
    }
    else await this.#publish(this.#server);
  }

  #ask(): void {
    if (this.#closed) return;
    this.#publishes = this.host.track() !== null;
    this.host.send({ t: "sfu", publishes: this.#publishes });
  }

  /** A page that is connected goes on as it is: our own socket coming back changes nothing here. */
  async #enter(url: string, token: string): Promise<void> {
    if (this.#closed || this.#opening || (this.#server && this.#up && !this.#anew)) return;
    this.#opening = true;
    this.#anew = false;
    this.#server?.close();
    this.#server = null;
    try {
      const load = this.host.load ?? ((script: string) => import(script) as Promise<{ open: Open }>);
      const { open } = await load(this.script);
      let mine: Server | null = null;
      const server = await open(url, token, this.#identities(), {
        joined: (identity) => {
          this.#present.add(identity);
          this.#attachAll();
        },
        left: (identity) => {
          this.#present.delete(identity);
          this.#sounds.delete(identity);
          this.#attachAll();
        },
        sound: (identity, sound) => {
          if (sound) this.#sounds.set(identity, sound);
          else this.#sounds.delete(identity);
          this.#attachAll();
        },
        state: (state) => {
          if (mine && mine !== this.#server) return;
          this.#up = state === "open";
          if (state === "closed") this.#lost();
          this.#attachAll();
        },
      });
      mine = this.#server = server;
      if (this.#closed) return server.close();
      this.#pause = FIRST_MS;
      server.allow(this.#identities()); // who came meanwhile
      await this.#publish(server);
    } catch (problem) {
      console.warn("jam-room: media server", problem);
      this.#lost();
    } finally {
      this.#opening = false;
    }
  }

  async #publish(server: Server): Promise<void> {
    await server.publish(this.#publishes ? this.host.track() : null);
    await server.mute(this.#muted);
  }

  #lost(): void {
    const server = this.#server;
    this.#up = false;
    this.#server = null;
    this.#present.clear();
    this.#sounds.clear();
    server?.close();
    this.#attachAll();
    this.#later();
  }

  #later(): void {
    if (this.#closed) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#ask(), this.#pause);
    this.#pause = Math.min(LONGEST_MS, 2 * this.#pause);
  }

  #identities(): Set<string> {
    return new Set([...this.#links.values()].map(({ identity }) => identity).filter(Boolean));
  }

  #allow(): void {
    this.#server?.allow(this.#identities());
  }

  #identify(peer: string, identity: string): void {
    const link = this.#links.get(peer);
    if (!link || link.identity === identity) return;
    link.identity = identity;
    this.#allow();
    this.#attach(link);
  }

  #attachAll(): void {
    for (const link of this.#links.values()) this.#attach(link);
  }

  #attach(link: SfuLink): void {
    const there = link.identity !== "" && this.#present.has(link.identity);
    link.hear((there && this.#sounds.get(link.identity)) || null);
    link.become(there && this.#up ? "open" : link.state === "connecting" ? "connecting" : "lost");
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#server?.close();
    this.#server = null;
  }
}
