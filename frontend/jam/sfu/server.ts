// What a room needs of a media server; `livekit.ts` is the one there is, loaded only where it is needed.

export interface ServerEvents {
  /** Somebody is connected to the server, or not any more. */
  joined(identity: string): void;
  left(identity: string): void;
  /** Somebody's sound, from now on; null: none. */
  sound(identity: string, sound: Sound | null): void;
  state(state: "open" | "lost" | "closed"): void;
}

export interface Sound {
  stream: MediaStream;
  receiver: RTCRtpReceiver;
}

export interface Server {
  /** Those who may hear this person, and whom this person hears; nobody else, either way. */
  allow(identities: ReadonlySet<string>): void;
  /** One's own sound; null: none. In place of what was published before. */
  publish(track: MediaStreamTrack | null): Promise<void>;
  mute(muted: boolean): Promise<void>;
  close(): void;
}

export type Open = (
  url: string, token: string, allowed: ReadonlySet<string>, events: ServerEvents,
) => Promise<Server>;
