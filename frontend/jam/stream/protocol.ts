// The frames about listeners, as docs/realtime.md has them. People are public ids.

export type Reaction = "applause" | "love" | "fire" | "wow" | "more";

/** How listeners hear somebody: a part of the master mix. */
export interface MasterMix {
  /** 0–1.5 */
  volume: number;
  /** −1 (left) to 1 (right) */
  pan: number;
  muted: boolean;
}

export interface StreamInfo {
  me: string;
  /** whether the session is one that could have listeners */
  public: boolean;
  /** whether its hosts let it have them */
  allowed: boolean;
  /** whether this person is asked at all */
  asked: boolean;
  /** what this person answered; null: nothing yet */
  yours: boolean | null;
  agreed: string[];
  declined: string[];
  on: boolean;
  version: number;
  sender: string | null;
  /** who is in what is sent */
  voices: string[];
  listeners: number;
  mix: Record<string, MasterMix>;
  /** where parts are sent, and the page of who listens */
  parts: string;
  page: string;
}

export type StreamFromServer = ({ t: "stream" } & StreamInfo) | { t: "reaction"; kind: Reaction };

export type StreamToServer =
  | { t: "stream.allow"; on: boolean }
  | { t: "stream.answer"; yes: boolean }
  | { t: "stream.send"; on: boolean }
  | ({ t: "stream.mix"; user: string } & MasterMix);
