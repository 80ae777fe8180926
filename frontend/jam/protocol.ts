// The frames of the room's socket, as docs/realtime.md has them.

import type { Grid } from "./beat/grid";
import type { Measured } from "./measuring";

export interface Caps {
  sab: boolean;
  dataChannel: boolean;
  opus: boolean;
}

export interface PeerInfo {
  peer: string;
  user: string;
  name: string;
  /** stage name, photo and instrument, as far as this person may see them */
  shown?: string;
  photo?: string;
  instrument?: string;
  muted: boolean;
  /** whether a host muted them for everybody, and they haven't unmuted themselves since */
  muted_by_host: boolean;
  /** whether their browser says that it captures for the take that this person knows of */
  recorded: boolean;
  role: Role;
  /** what they may do here; told to hosts alone */
  rights: Rights | null;
}

/** What somebody is in the session; who hosts it may do what the menu of a strip offers. */
export type Role = "host" | "co_host" | "player";

export interface Rights {
  chat: boolean;
  record: boolean;
  invite: boolean;
}

/** What this person is in the session; `offered`: whether its host asks them to take it over. */
export interface Seat {
  role: Role;
  rights: Rights;
  offered: boolean;
}

/** What may change of somebody while they are in the room. */
export type PeerState = Pick<PeerInfo, "peer" | "muted" | "muted_by_host" | "recorded" | "role" | "rights">;

export interface ChatMessage {
  id: string;
  ref: string;
  user: string;
  name: string;
  shown?: string;
  text: string;
  at: string;
}

export type RecordingState =
  | "asking" | "recording" | "uploading" | "processing" | "ready" | "declined" | "failed";

/** Why a take ended; empty while it runs. */
export type Ending = "" | "stopped" | "empty" | "closed" | "limit" | "apart";

export interface Recording {
  id: string;
  state: RecordingState;
  by: string;
  /** what this person answered */
  answer: "waiting" | "yes" | "no";
  waiting: string[];
  agreed: string[];
  starts_at: number | null;
  /** when it ends at the latest */
  ends_at: number | null;
  stops_at: number | null;
  ending: Ending;
  /** one's own stem, while it isn't whole */
  stem: string | null;
  url: string;
}

/** Who may take a seat: nobody while it is locked; while hosts are asked first, whom they let in. */
export interface Door {
  locked: boolean;
  asks_first: boolean;
}

/** Somebody who waits to be let in, as hosts see them. */
export interface Waiting {
  user: string;
  name: string;
  shown?: string;
  photo?: string;
  instrument?: string;
  since: string;
}

/** Whose turn it is, until a time of the session clock. Nobody's: null. */
export interface Turn {
  user: string | null;
  until: number | null;
  /** whether it is this person's own */
  yours: boolean;
}

export interface Welcome {
  /** the room's metronome, if one was ever started */
  beat?: Grid | null;
  t: "welcome";
  you: string;
  peers: PeerInfo[];
  /** whether a host muted this person for everybody */
  muted_by_host: boolean;
  session: { id: string; title: string; audience: string; host: boolean } & Door;
  seat: Seat;
  /** whether this client tells how well sound gets to others: its person agreed to it */
  measures?: boolean;
  turn: Turn;
  recording: Recording | null;
  chat: ChatMessage[];
  ice: RTCIceServer[];
  policy: "relay" | "all";
}

export type FromServer =
  | Welcome
  | ({ t: "peer.joined" } & PeerInfo)
  | { t: "peer.left"; peer: string }
  | { t: "signal"; from: string; data: unknown }
  | { t: "clock"; t0: number; t1: number; t2: number }
  | ({ t: "chat" } & ChatMessage)
  | ({ t: "state" } & PeerState)
  | ({ t: "recording" } & Recording)
  | { t: "recording"; id: string; state: "gone" }
  | ({ t: "beat" } & Grid)
  | { t: "ack"; for: string; ref: string; id: string; at: string }
  | { t: "waiting" }
  | { t: "missed" }
  | ({ t: "door" } & Door)
  | { t: "muted"; by_host: boolean }
  | ({ t: "seat" } & Seat)
  | ({ t: "turn" } & Turn)
  | { t: "knocks"; waiting: Waiting[] }
  | { t: "error"; code: string; text: string; for: string; ref?: string; wait?: number };

export type ToServer =
  | { t: "hello"; caps: Caps }
  | { t: "signal"; to: string; data: unknown }
  | { t: "clock"; t0: number }
  | { t: "chat"; text: string; ref: string }
  | { t: "state"; muted: boolean; recording: string | null }
  | ({ t: "beat" } & Omit<Grid, "from">)
  | { t: "record.ask"; title?: string }
  | { t: "record.answer"; recording: string; yes: boolean }
  | { t: "record.stop"; recording: string }
  | ({ t: "host.door" } & Door)
  | { t: "host.mute"; user: string; muted: boolean }
  | { t: "host.role"; user: string; co_host: boolean }
  | ({ t: "host.rights"; user: string } & Rights)
  | { t: "host.offer"; user: string }
  | { t: "host.take"; yes: boolean }
  | { t: "host.turn"; user: string | null; seconds?: number }
  | Measured
  | { t: "knock.answer"; user: string; admit: boolean }
  | { t: "host.remove"; user: string };
