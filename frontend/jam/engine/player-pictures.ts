// Pictures between this person and one player: what each says of them, what is sent in what form.
import type { Link } from "./link";
import { PictureChoice, type PictureKind } from "./picture-choice";
import { PICTURE_KINDS, pictureLine } from "./picture-lines";
import type { PlayerStats } from "./player";

/** "paused": it would be there, but sound needs the line. */
export type Sent = "off" | "on" | "paused";

/** `wants`: whether the sender takes pictures; what of its own it sends, for now. */
export type PictureWord = { t: "pictures"; wants: boolean } & Record<PictureKind, Sent>;

export type OwnPictures = Readonly<Record<PictureKind, MediaStreamTrack | null>>;

const SENT: readonly unknown[] = ["off", "on", "paused"];
const SAY_MS = 2000;

/** degradationPreference and priority: what TypeScript's library doesn't have yet. */
type Parameters = RTCRtpSendParameters & { degradationPreference?: string };

export class PlayerPictures {
  readonly choice = new PictureChoice();
  /** null: they said nothing of pictures, as a page from before there were any */
  #theirs: PictureWord | null = null;
  #own: OwnPictures = { camera: null, screen: null };
  #wants = true;
  #saidAt = -Infinity;
  #said = "";
  #missingThere = 0;
  readonly #forms = new Map<RTCRtpSender, string>();
  #sets: Promise<void> = Promise.resolve();

  constructor(
    readonly link: Link,
    readonly changed: () => void,
  ) {}

  hear(word: PictureWord): void {
    const sent = (kind: PictureKind): Sent => (SENT.includes(word[kind]) ? word[kind] : "off");
    const theirs: PictureWord = {
      t: "pictures", wants: word.wants === true, camera: sent("camera"), screen: sent("screen"),
    };
    const before = JSON.stringify(this.#theirs);
    this.#theirs = theirs;
    if (JSON.stringify(theirs) !== before) this.changed();
  }

  /** Sound of ours that was missing there since their last report, ms. */
  missed(ms: unknown): void {
    if (typeof ms === "number" && ms > 0 && ms < 10_000) this.#missingThere += ms;
  }

  trip(ms: number): void {
    this.choice.trip(ms, performance.now());
  }

  /** Another connection: nothing is known of it yet. */
  renewed(): void {
    this.#theirs = null;
    this.#saidAt = -Infinity;
    this.#forms.clear();
  }

  /** Twice a second, and when something of one's own changes. `wants`: whether pictures of theirs are taken. */
  tend(own: OwnPictures, wants: boolean, stats: PlayerStats, loss: number, players: number): void {
    const now = performance.now();
    this.#own = own;
    this.#wants = wants;
    const before = this.choice.step;
    const { form, heldBack, concealedMs } = stats;
    this.choice.sound(
      { form: stats.sending === "PCM" ? null : form, heldBack, loss, missingHere: concealedMs, missingThere: this.#missingThere, players },
      now,
    );
    if (before !== this.choice.step) this.changed();
    if (this.link.state !== "open") return;
    this.#say(now);
    if (!this.#theirs) return;
    const sends = this.#theirs.wants && PICTURE_KINDS.some((kind) => own[kind]);
    const gets = wants && PICTURE_KINDS.some((kind) => this.#theirs?.[kind] !== "off");
    if (sends || gets) this.link.openPictures();
    this.#sets = this.#sets.then(() => this.#send()).catch(() => undefined);
  }

  #say(now: number): void {
    const word: PictureWord = { t: "pictures", wants: this.#wants, camera: this.sent("camera"), screen: this.sent("screen") };
    const said = JSON.stringify(word);
    if (said === this.#said && now - this.#saidAt < SAY_MS) return;
    this.#said = said;
    this.#saidAt = now;
    this.link.aside(word);
  }

  /** What they get of one's own. */
  sent(kind: PictureKind): Sent {
    if (!this.#own[kind] || this.#theirs?.wants === false) return "off";
    return this.choice.paused ? "paused" : "on";
  }

  get figures(): { step: number; sent: Record<PictureKind, Sent>; theirs: Record<PictureKind, Sent> } {
    return {
      step: this.choice.step,
      sent: { camera: this.sent("camera"), screen: this.sent("screen") },
      theirs: { camera: this.theirs("camera"), screen: this.theirs("screen") },
    };
  }

  async #send(): Promise<void> {
    for (const kind of PICTURE_KINDS) {
      const sender = pictureLine(this.link.pc, kind)?.sender;
      if (!sender) continue;
      const track = this.sent(kind) === "on" ? this.#own[kind] : null;
      if (track) await this.#shape(sender, kind);
      if (sender.track !== track) await sender.replaceTrack(track);
    }
  }

  async #shape(sender: RTCRtpSender, kind: PictureKind): Promise<void> {
    const form = this.choice.form(kind);
    if (!form || this.#forms.get(sender) === JSON.stringify(form)) return;
    const parameters = sender.getParameters() as Parameters;
    if (!parameters.encodings?.length) return; // not agreed on yet
    for (const encoding of parameters.encodings) {
      encoding.maxBitrate = form.rate * 1000;
      encoding.maxFramerate = form.frames;
      encoding.scaleResolutionDownBy = form.smaller;
      encoding.priority = "very-low";
      encoding.networkPriority = "very-low";
    }
    parameters.degradationPreference = kind === "camera" ? "maintain-framerate" : "maintain-resolution";
    await sender.setParameters(parameters);
    this.#forms.set(sender, JSON.stringify(form));
  }

  /** What they say that they send. */
  theirs(kind: PictureKind): Sent {
    return (this.#wants && this.link.state === "open" && this.#theirs?.[kind]) || "off";
  }

  /** Their picture, while they send one and it is wanted here. */
  track(kind: PictureKind): MediaStreamTrack | null {
    return this.theirs(kind) === "on" ? (pictureLine(this.link.pc, kind)?.receiver.track ?? null) : null;
  }
}
