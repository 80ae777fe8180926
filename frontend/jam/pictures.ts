// One's own camera and screen, and whose pictures are taken. Off at first and after each reload: nothing here is
// remembered but that somebody wants no pictures, on their device. Pictures go to the players alone, and are
// neither stored nor recorded.
import type { Mesh } from "./engine/mesh";
import type { PictureKind } from "./engine/picture-choice";
import { PICTURE_KINDS } from "./engine/picture-lines";
import type { OwnPictures } from "./engine/player-pictures";
import type { Player } from "./engine/player";
import type { Hosting } from "./hosting";
import type { FromServer } from "./protocol";
import { words } from "./words";

const KEPT = "jam-pictures";
const TEND_MS = 500;
const CAMERA = { width: { ideal: 320 }, height: { ideal: 180 }, frameRate: { ideal: 15, max: 15 } };
/** Without the sound of the system: it would come back to whom it came from. */
const SCREEN = { video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 5 } }, audio: false };

export type PictureProblem = keyof typeof words.pictures.problems;

export function pictureProblem(problem: unknown): PictureProblem {
  const name = problem instanceof DOMException ? problem.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}

export function stopAll(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export interface PicturesAround {
  mesh(): Mesh | null;
  hosting: Hosting;
  steady(): boolean;
  /** something is drawn otherwise from now on */
  changed(): void;
  /** whether one shows a picture, to the server, which holds a host's word */
  tell(): void;
  notice(text: string, urgent: boolean): void;
}

export class Pictures {
  readonly own: Record<PictureKind, MediaStream | null> = { camera: null, screen: null };
  /** whether the others' pictures are wanted, on this device */
  #wants = localStorage.getItem(KEPT) !== "0";
  /** asked for, and not here yet: nothing of it counts once it was given up */
  #asked = 0;
  readonly #timer = setInterval(() => this.tend(), TEND_MS);

  constructor(readonly around: PicturesAround) {}

  get wants(): boolean {
    return this.#wants;
  }

  set wants(wants: boolean) {
    this.#wants = wants;
    localStorage.setItem(KEPT, wants ? "1" : "0");
    this.#change();
  }

  /** Whether anybody can be sent a picture of this person. */
  get shows(): boolean {
    return PICTURE_KINDS.some((kind) => this.own[kind]);
  }

  static get canShare(): boolean {
    return typeof navigator.mediaDevices?.getDisplayMedia === "function";
  }

  /** Opens a camera for its person alone; whoever asked stops it or hands it to `show`. Throws what getUserMedia throws. */
  static look(deviceId: string | null): Promise<MediaStream> {
    return navigator.mediaDevices.getUserMedia({ video: { ...CAMERA, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) } });
  }

  /** From now on everybody in the room sees it. */
  show(kind: PictureKind, stream: MediaStream): void {
    const [track] = stream.getVideoTracks();
    if (!track) return;
    stopAll(this.own[kind]);
    track.contentHint = kind === "camera" ? "motion" : "detail";
    // The device is gone, or the browser's own "stop sharing" was pressed.
    track.onended = () => {
      if (this.own[kind] !== stream) return;
      this.hide(kind);
      this.around.notice(words.pictures.ended[kind], false);
    };
    this.own[kind] = stream;
    this.#change();
    this.around.tell();
  }

  /** Ends one's own picture: the device's light goes out. */
  hide(kind: PictureKind): void {
    const stream = this.own[kind];
    if (!stream) return;
    this.own[kind] = null;
    stopAll(stream);
    this.#change();
    this.around.tell();
  }

  /** Asks the browser for a screen or window, and shows it. */
  async share(): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(SCREEN);
      if (asked === this.#asked) this.show("screen", stream);
      else stopAll(stream);
    } catch (problem) {
      // Who closes the browser's own dialog has changed their mind, and knows it.
      if (pictureProblem(problem) !== "denied") this.around.notice(words.pictures.noScreen, true);
    }
  }

  take(frame: FromServer): void {
    if (frame.t === "picture") {
      if (frame.held) this.#end();
      this.around.tell();
      this.around.notice(frame.held ? words.host.pictureOffYou : words.host.pictureOnYou, frame.held);
    } else if (frame.t === "welcome" && frame.picture_held) this.#end();
  }

  #end(): void {
    this.#asked += 1;
    for (const kind of PICTURE_KINDS) this.hide(kind);
  }

  /** What of somebody's picture is shown here: nothing while a host holds it, whatever their client says. */
  trackOf(player: Player, kind: PictureKind): MediaStreamTrack | null {
    return this.around.hosting.pictureHeld(player.info) ? null : player.pictures.track(kind);
  }

  isPaused(player: Player, kind: PictureKind): boolean {
    return !this.around.hosting.pictureHeld(player.info) && player.pictures.theirs(kind) === "paused";
  }

  /** Those whose line has no room for one's own picture now. */
  get pausedFor(): Player[] {
    return this.#players.filter(({ pictures }) => PICTURE_KINDS.some((kind) => pictures.sent(kind) === "paused"));
  }

  get #players(): Player[] {
    return [...(this.around.mesh()?.players.values() ?? [])];
  }

  #change(): void {
    this.tend();
    this.around.changed();
  }

  tend(): void {
    const players = this.#players;
    const track = (kind: PictureKind): MediaStreamTrack | null => this.own[kind]?.getVideoTracks()[0] ?? null;
    const own: OwnPictures = { camera: track("camera"), screen: track("screen") };
    for (const player of players) {
      player.pictures.choice.steady = this.around.steady();
      player.tendPictures(own, this.#wants, players.length);
    }
  }

  /** Out of the room: nothing is taken any more. */
  end(): void {
    this.#end();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#end();
  }
}
