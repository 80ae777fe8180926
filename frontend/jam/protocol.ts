// The frames of the room's socket, as docs/realtime.md has them.

import type { Grid } from "./beat/grid";
import type { Track, TrackWish } from "./track/timeline";
import type { Measured } from "./measuring";
import type { StreamFromServer, StreamInfo, StreamToServer } from "./stream/protocol";

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
  /** whether a host turned their picture off for everybody, and they haven't shown one since */
  picture_held?: boolean | undefined;
  /** whether their browser says that it captures for the take that this person knows of */
  recorded: boolean;
  role: Role;
  /** what they may do here; told to hosts alone */
  rights: Rights | null;
  /** of this pair: through the relay unless both agreed; as the room's, where it isn't said */
  policy?: "relay" | "all" | undefined;
  /** whether this person lets them be connected directly */
  agreed?: boolean | undefined;
  /** whether this person was never asked about them */
  asks?: boolean | undefined;
  /** what the media server of a larger room knows them by; empty while they aren't there */
  sfu?: string;
}

/** What somebody is in the session; who hosts it may do what the menu of a strip offers. */
export type Role = "host" | "co_host" | "player";

export interface Rights {
  chat: boolean;
  record: boolean;
  /** whether they may change the beat, or ask for a vote on it */
  tempo: boolean;
  invite: boolean;
}

/** What this person is in the session; `offered`: whether its host asks them to take it over. */
export interface Seat {
  role: Role;
  rights: Rights;
  offered: boolean;
}

/** What may change of somebody while they are in the room. */
export type PeerState = Pick<
  PeerInfo,
  "peer" | "muted" | "muted_by_host" | "picture_held" | "recorded" | "role" | "rights" | "policy" | "agreed" | "asks" | "sfu"
>;

export interface ChatMessage {
  id: string;
  ref: string;
  user: string;
  name: string;
  shown?: string;
  text: string;
  file?: SharedFile | null;
  at: string;
}

/** A file that was shared with a line; `size` in bytes. */
export interface SharedFile {
  name: string;
  size: number;
  url: string;
}

/** A song of the set list, as this person may see it. */
export interface Song {
  id: string;
  title: string;
  key: string;
  /** beats a minute */
  tempo: number | null;
  playing: boolean;
  version: number;
  by: string;
  yours: boolean;
}

/** A line of a chart or of the notes; `place`: ascending, `version`: counts what was written over it. */
export interface SheetLine {
  ref: string;
  text: string;
  place: number;
  version: number;
  name: string;
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

/** A vote on the room's beat: how many of those inside say yes, and what this person said. */
export interface BeatVote {
  id: string;
  beat: Omit<Grid, "from">;
  /** session ms */
  ends_at: number;
  yes: number;
  of: number;
  mine: boolean | null;
}

export interface Welcome {
  /** the backing track; null or left out: there is none */
  track?: Track | null;
  /** the room's metronome, if one was ever started */
  beat?: Grid | null;
  /** the vote on it that is open */
  vote?: BeatVote | null;
  t: "welcome";
  you: string;
  peers: PeerInfo[];
  /** whether a host muted this person for everybody */
  muted_by_host: boolean;
  /** the same of their picture */
  picture_held?: boolean;
  session: { id: string; title: string; audience: string; host: boolean } & Door;
  seat: Seat;
  /** whether this client tells how well sound gets to others: its person agreed to it */
  measures?: boolean;
  turn: Turn;
  /** how it stands with listeners */
  stream?: StreamInfo;
  recording: Recording | null;
  chat: ChatMessage[];
  /** whether there are lines before these */
  chat_more?: boolean;
  songs?: Song[];
  /** id of the notes, which are a sheet like a song's chart */
  notes?: string;
  ice: RTCIceServer[];
  policy: "relay" | "all";
  /** whether this person goes direct with whom they know; null where nobody is asked */
  direct?: { known: boolean } | null;
  /** where the media server is that all sound goes through; only in larger rooms */
  sfu?: string;
}

export type FromServer =
  | Welcome
  | ({ t: "peer.joined" } & PeerInfo)
  | { t: "peer.left"; peer: string }
  | { t: "signal"; from: string; data: unknown }
  | { t: "clock"; t0: number; t1: number; t2: number }
  | ({ t: "chat" } & ChatMessage)
  | { t: "chat.lines"; ref: string; lines: ChatMessage[]; more: boolean }
  | { t: "chat.gone"; id: string }
  | { t: "songs"; songs: Song[]; notes: string }
  | { t: "sheet"; id: string; lines: SheetLine[] }
  | ({ t: "line"; sheet: string } & SheetLine)
  | { t: "line.gone"; sheet: string; ref: string }
  | { t: "stale"; for: string; ref: string; line?: SheetLine | null; song?: Song }
  | ({ t: "state" } & PeerState)
  | ({ t: "recording" } & Recording)
  | { t: "recording"; id: string; state: "gone" }
  | ({ t: "beat" } & Grid)
  | { t: "beat.vote"; vote: BeatVote | null }
  | { t: "track"; track: Track | null }
  | { t: "ack"; for: string; ref: string; id: string; at: string }
  | { t: "waiting" }
  | { t: "missed" }
  | ({ t: "door" } & Door)
  | { t: "muted"; by_host: boolean }
  | { t: "picture"; held: boolean }
  | { t: "direct"; known?: boolean }
  | { t: "sfu"; url: string; token: string; identity: string }
  | { t: "ice"; servers: RTCIceServer[] }
  | ({ t: "seat" } & Seat)
  | ({ t: "turn" } & Turn)
  | { t: "knocks"; waiting: Waiting[] }
  | StreamFromServer
  | { t: "error"; code: string; text: string; for: string; ref?: string; wait?: number };

export type ToServer =
  | { t: "hello"; caps: Caps }
  | { t: "signal"; to: string; data: unknown }
  | { t: "sfu"; publishes: boolean }
  | { t: "clock"; t0: number }
  | { t: "chat"; text: string; ref: string }
  | { t: "chat.earlier"; before: string; at: string; ref: string }
  | { t: "chat.delete"; id: string; ref: string }
  | { t: "song.add"; ref: string; title: string; key: string; tempo: number | null }
  | { t: "song.change"; ref: string; song: string; version: number; title: string; key: string; tempo: number | null }
  | { t: "song.move"; ref: string; song: string; after: string | null }
  | { t: "song.play"; ref: string; song: string | null }
  | { t: "song.remove"; ref: string; song: string }
  | { t: "sheet.open"; sheet: string }
  | { t: "line.put"; ref: string; sheet: string; version: number; text: string; after?: string | null }
  | { t: "line.cut"; ref: string; sheet: string; version: number }
  | { t: "state"; muted: boolean; recording: string | null; picture: boolean }
  | ({ t: "beat" } & Omit<Grid, "from">)
  | { t: "beat.vote"; vote: string; yes: boolean }
  | ({ t: "track" } & TrackWish)
  | { t: "record.ask"; title?: string }
  | { t: "record.answer"; recording: string; yes: boolean }
  | { t: "record.stop"; recording: string }
  | ({ t: "host.door" } & Door)
  | { t: "host.mute"; user: string; muted: boolean }
  | { t: "host.picture"; user: string; held: boolean }
  | { t: "host.role"; user: string; co_host: boolean }
  | ({ t: "host.rights"; user: string } & Rights)
  | { t: "host.offer"; user: string }
  | { t: "host.take"; yes: boolean }
  | { t: "host.turn"; user: string | null; seconds?: number }
  | { t: "direct.answer"; users: string[]; yes: boolean }
  | { t: "direct.known"; on: boolean }
  | Measured
  | StreamToServer
  | { t: "knock.answer"; user: string; admit: boolean }
  | { t: "host.remove"; user: string };
