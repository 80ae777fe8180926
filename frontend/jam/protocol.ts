// The frames of the room's socket, as docs/realtime.md has them.

export interface Caps {
  sab: boolean;
  dataChannel: boolean;
  opus: boolean;
}

export interface PeerInfo {
  peer: string;
  user: string;
  name: string;
  muted: boolean;
}

export interface ChatMessage {
  id: string;
  ref: string;
  user: string;
  name: string;
  text: string;
  at: string;
}

export type RecordingState =
  | "asking" | "recording" | "uploading" | "processing" | "ready" | "declined" | "failed";

export interface Recording {
  id: string;
  state: RecordingState;
  by: string;
  waiting: string[];
  agreed: string[];
  starts_at: number | null;
  stops_at: number | null;
  /** when a take that nobody stops ends by itself; absent before it starts */
  ends_at?: number | null;
  stem: string | null;
  url: string;
}

export interface Welcome {
  t: "welcome";
  you: string;
  peers: PeerInfo[];
  session: { id: string; title: string; audience: string; host: boolean };
  recording: Recording | null;
  chat: ChatMessage[];
  ice: RTCIceServer[];
  policy: "relay" | "all";
}

export type FromServer =
  | Welcome
  | { t: "peer.joined"; peer: string; user: string; name: string }
  | { t: "peer.left"; peer: string }
  | { t: "signal"; from: string; data: unknown }
  | { t: "clock"; t0: number; t1: number; t2: number }
  | ({ t: "chat" } & ChatMessage)
  | { t: "state"; peer: string; muted: boolean }
  | ({ t: "recording" } & Recording)
  | { t: "recording"; recording: Recording }
  | { t: "ack"; for: string; ref: string; id: string; at: string }
  | { t: "waiting" }
  | { t: "missed" }
  | { t: "error"; code: string; text: string; for: string; ref?: string; wait?: number };

export type ToServer =
  | { t: "hello"; caps: Caps }
  | { t: "signal"; to: string; data: unknown }
  | { t: "clock"; t0: number }
  | { t: "chat"; text: string; ref: string }
  | { t: "state"; muted: boolean }
  | { t: "record.ask"; title?: string }
  | { t: "record.answer"; recording: string; yes: boolean }
  | { t: "record.stop"; recording: string };
