// What the element was given, and what this tab remembers.
import type { Codec } from "./engine/codec-choice";
import { MOST_GAIN, PLAIN_INPUT, type InputChoice } from "./engine/input";
import type { Buffering } from "./engine/jitter";
import type { MixMemory } from "./engine/mixer";
import type { Mix } from "./engine/strip";

export interface RoomSettings {
  session: string;
  socket: string;
  stems: string;
  leave: string;
  /** where lines and files of the chat are sent by HTTP */
  chat: string;
  /** what the address of somebody's page begins with, and where an account is reported */
  people: string;
  report: string;
  name: string;
  /** how the others see one: stage name, photo and instrument, as far as there are any */
  shown: string;
  photo: string;
  instrument: string;
  csrfCookie: string;
  policy: "relay" | "all" | null;
  /** whether this person may show pictures; a child may not */
  pictures: boolean;
  /** where the media server of a larger room is; null: sound goes from browser to browser */
  sfu: string | null;
  scriptSfu: string;
  workerAudio: string;
  workerStore: string;
  workerTrack: string;
  workletCapture: string;
  workletPlayout: string;
  /** from ?engine= in the address, for tests and troubleshooting */
  forced: "webrtc" | Codec | null;
  /** from ?pictures=steady, for the same: pictures don't give way to sound */
  steady: boolean;
}

export function readSettings(element: HTMLElement): RoomSettings {
  const data = element.dataset;
  const asked = new URLSearchParams(location.search);
  const engine = asked.get("engine");
  const forced = engine === "webrtc" || engine === "pcm" || engine === "opus" ? engine : null;
  const policy = data["policy"];
  return {
    session: data["session"] ?? "",
    socket: socketAddress(data["socket"] ?? ""),
    stems: data["stems"] ?? "/api/v1/stems/",
    leave: data["leave"] ?? "/",
    chat: data["chat"] ?? "",
    people: data["people"] ?? "/@",
    report: data["report"] ?? "",
    name: data["name"] ?? "",
    shown: data["shown"] ?? "",
    photo: data["photo"] ?? "",
    instrument: data["instrument"] ?? "",
    csrfCookie: data["csrfCookie"] ?? "csrftoken",
    policy: policy === "relay" || policy === "all" ? policy : null,
    pictures: data["pictures"] !== "no",
    sfu: data["sfu"] || null,
    scriptSfu: data["scriptSfu"] ?? "",
    workerAudio: data["workerAudio"] ?? "",
    workerStore: data["workerStore"] ?? "",
    workerTrack: data["workerTrack"] ?? "",
    workletCapture: data["workletCapture"] ?? "",
    workletPlayout: data["workletPlayout"] ?? "",
    forced,
    steady: asked.get("pictures") === "steady",
  };
}

/** Takes a whole address or a path on this host. */
function socketAddress(given: string): string {
  return new URL(given, location.href).href.replace(/^http/, "ws");
}

export type JoinMode = "sound" | "listen";

/** Tab memory only: a reload comes back into the room, a new tab starts with the sound check. */
/** How one hears the others all together. */
export interface Listening {
  /** 0–1.5 */
  volume: number;
  buffering: Buffering;
  /** of the metronome: 0–1.5 */
  clicks: number;
  /** oneself: 0–1.5; 0: not at all */
  monitor: number;
  /** everybody equally late, oneself included */
  match: boolean;
  /** a room around the others: 0–1 */
  reverb: number;
  /** of one's own input, for the others and the stem, too */
  lowCut: boolean;
}

export class TabMemory implements MixMemory {
  readonly #key: string;

  constructor(session: string) {
    this.#key = `jam-room:${session}`;
  }

  get joined(): JoinMode | null {
    const value = sessionStorage.getItem(this.#key);
    return value === "sound" || value === "listen" ? value : null;
  }

  set joined(mode: JoinMode | null) {
    if (mode) sessionStorage.setItem(this.#key, mode);
    else sessionStorage.removeItem(this.#key);
  }

  get input(): InputChoice {
    try {
      const value = JSON.parse(sessionStorage.getItem("jam-input") ?? "{}") as Partial<InputChoice>;
      const gain = Number(value.gain ?? 0);
      return {
        deviceId: value.deviceId ?? null,
        stereo: value.stereo === true,
        gain: Number.isFinite(gain) ? Math.max(-MOST_GAIN, Math.min(MOST_GAIN, gain)) : 0,
        output: value.output ?? null,
      };
    } catch {
      return PLAIN_INPUT;
    }
  }

  set input(choice: InputChoice) {
    sessionStorage.setItem("jam-input", JSON.stringify(choice));
  }

  get mixes(): Record<string, Mix> {
    return this.#read("mix", {});
  }

  set mixes(mixes: Record<string, Mix>) {
    sessionStorage.setItem(`${this.#key}:mix`, JSON.stringify(mixes));
  }

  get listening(): Listening {
    return {
      volume: 1, buffering: "balanced", clicks: 0.8, monitor: 0, match: false, reverb: 0, lowCut: false,
      ...this.#read<Partial<Listening>>("listening", {}),
    };
  }

  set listening(listening: Listening) {
    sessionStorage.setItem(`${this.#key}:listening`, JSON.stringify(listening));
  }

  #read<Kept>(name: string, otherwise: Kept): Kept {
    try {
      const kept = sessionStorage.getItem(`${this.#key}:${name}`);
      return kept === null ? otherwise : (JSON.parse(kept) as Kept);
    } catch {
      return otherwise;
    }
  }

  get muted(): boolean {
    return sessionStorage.getItem(`${this.#key}:muted`) === "1";
  }

  set muted(muted: boolean) {
    sessionStorage.setItem(`${this.#key}:muted`, muted ? "1" : "0");
  }
}
