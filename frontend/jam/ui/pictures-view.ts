// Pictures in the room: the buttons, the look at oneself before anybody else has one, faces in their strips,
// screens above them, and one of them large.
import type { PictureKind } from "../engine/picture-choice";
import type { Player } from "../engine/player";
import { Pictures, pictureProblem, stopAll } from "../pictures";
import type { Room } from "../room";
import { fill, list, words } from "../words";
import { field, h, show, text, uid } from "./dom";

const nameOf = ({ info }: Player): string => info.shown || info.name;

/** A picture that plays while it is seen: without sound, without controls. */
class Picture {
  readonly video = h("video", { class: "jam-picture__video", muted: true, autoplay: true, playsinline: true, disablepictureinpicture: true });
  #track: MediaStreamTrack | null = null;

  constructor() {
    this.video.muted = true;
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  set track(track: MediaStreamTrack | null) {
    if (track === this.#track) return;
    this.#track = track;
    this.video.srcObject = track ? new MediaStream([track]) : null;
    if (track) void this.video.play().catch(() => undefined);
  }
}

/** Somebody's picture: a button that shows it large, or why there is none now. */
class TheirPicture {
  readonly element: HTMLElement;
  readonly picture = new Picture();
  readonly #button: HTMLButtonElement;
  readonly #note = h("p", { class: "jam-soft", role: "status" });

  constructor(
    readonly kind: PictureKind,
    enlarge: (from: TheirPicture) => void,
  ) {
    this.#button = h("button", { class: "jam-picture__button", type: "button", click: () => enlarge(this) }, this.picture.video);
    this.element = h("div", { class: `jam-picture jam-picture--${kind}`, hidden: true }, this.#button, this.#note);
  }

  /** What it shows, in words. */
  label = "";
  /** why there is none for now; empty where there is one, or none to come */
  note = "";

  update(player: Player, pictures: Pictures): void {
    const track = pictures.trackOf(player, this.kind);
    const paused = pictures.isPaused(player, this.kind);
    this.label = fill(words.pictures.of[this.kind], { name: nameOf(player) });
    this.picture.track = track;
    this.#button.setAttribute("aria-label", fill(words.pictures.enlarge[this.kind], { name: nameOf(player) }));
    show(this.#button, track !== null);
    this.note = paused ? fill(words.pictures.paused[this.kind], { name: nameOf(player) }) : "";
    text(this.#note, this.note || (this.kind === "screen" && track ? this.label : ""));
    show(this.#note, this.#note.textContent !== "");
    show(this.element, track !== null || paused);
  }
}

export class PicturesView {
  readonly camera: HTMLButtonElement;
  readonly share: HTMLButtonElement;
  /** what one shows oneself, in one's own strip */
  readonly own: HTMLElement;
  /** whether one wants pictures at all, among the settings */
  readonly choice: HTMLElement;
  readonly screens = h("div", { class: "jam-screens", hidden: true });
  readonly dialogs: readonly HTMLDialogElement[];
  readonly #own = new Picture();
  readonly #ownNote = h("p", { class: "jam-soft" });
  readonly #pausedNote = h("p", { class: "jam-note", role: "status", hidden: true });
  readonly #theirs = new Map<string, Record<PictureKind, TheirPicture>>(); // by person
  readonly #large = new Picture();
  readonly #largeTitle = h("h2", { id: uid("jam-large") });
  readonly #largeNote = h("p", { class: "jam-soft", role: "status" });
  readonly #largeDialog: HTMLDialogElement;
  #enlarged: TheirPicture | null = null;
  readonly #check: CameraCheck;

  constructor(readonly room: Room) {
    const { pictures } = room;
    this.#check = new CameraCheck((stream) => pictures.show("camera", stream));
    this.camera = h("button", {
      class: "button jam-camera", type: "button",
      click: () => (pictures.own.camera ? pictures.hide("camera") : this.#check.open()),
    });
    this.share = h("button", {
      class: "button jam-share", type: "button",
      click: () => (pictures.own.screen ? pictures.hide("screen") : void pictures.share()),
    });
    this.own = h("div", { class: "jam-picture jam-picture--own", hidden: true }, this.#own.video, this.#ownNote, this.#pausedNote);
    this.#own.video.setAttribute("aria-label", words.pictures.ownLabel);
    this.choice = this.#wanted();
    this.#largeDialog = h(
      "dialog",
      { class: "dialog jam-large", "aria-labelledby": this.#largeTitle.id, close: () => this.#shrink() },
      h("div", { class: "jam-large__head" }, this.#largeTitle,
        h("button", { class: "button", type: "button", click: () => this.#largeDialog.close() }, words.pictures.close)),
      this.#large.video,
      this.#largeNote,
    );
    this.dialogs = [this.#check.dialog, this.#largeDialog];
  }

  #wanted(): HTMLElement {
    const { pictures } = this.room;
    const id = uid("jam-pictures");
    const box = h("input", {
      id, type: "checkbox", checked: pictures.wants, "aria-describedby": `${id}-hint`,
      change: () => (pictures.wants = box.checked),
    });
    return h(
      "div",
      {},
      h("p", { class: "jam-check-line" }, box, h("label", { for: id }, words.pictures.wanted)),
      h("p", { class: "jam-soft", id: `${id}-hint` }, words.pictures.wantedHint),
    );
  }

  update(): void {
    const { pictures, settings } = this.room;
    const { camera, screen } = pictures.own;
    text(this.camera, camera ? words.pictures.cameraEnd : words.pictures.camera);
    this.camera.setAttribute("aria-pressed", String(camera !== null));
    show(this.camera, settings.pictures);
    text(this.share, screen ? words.pictures.shareEnd : words.pictures.share);
    this.share.setAttribute("aria-pressed", String(screen !== null));
    show(this.share, settings.pictures && Pictures.canShare);
    this.#own.track = camera?.getVideoTracks()[0] ?? null;
    show(this.#own.video, camera !== null);
    text(this.#ownNote, camera && screen ? words.pictures.youBoth : camera ? words.pictures.you : words.pictures.youScreen);
    const paused = pictures.pausedFor.map(nameOf);
    text(this.#pausedNote, paused.length ? fill(words.pictures.pausedFor, { names: list(paused) }) : "");
    show(this.#pausedNote, paused.length > 0);
    show(this.own, camera !== null || screen !== null);
    this.#updateTheirs();
  }

  #updateTheirs(): void {
    const players = [...(this.room.mesh?.players.values() ?? [])];
    const here = new Set(players.map(({ info }) => info.user));
    for (const [user, theirs] of this.#theirs) {
      if (here.has(user)) continue;
      for (const one of Object.values(theirs)) this.#drop(one);
      this.#theirs.delete(user);
    }
    for (const player of players) {
      for (const one of Object.values(this.of(player))) one.update(player, this.room.pictures);
    }
    show(this.screens, [...this.screens.children].some((one) => one instanceof HTMLElement && !one.hidden));
    if (this.#enlarged) {
      const { picture, note } = this.#enlarged;
      this.#large.track = picture.track;
      text(this.#largeNote, note);
      // What is only paused comes back to where it was looked at.
      if (!picture.track && note === "") this.#largeDialog.close();
    }
  }

  #drop(one: TheirPicture): void {
    one.picture.track = null;
    one.element.remove();
  }

  /** The places of somebody's pictures; the one of their camera belongs into their strip. */
  of({ info }: Player): Record<PictureKind, TheirPicture> {
    let theirs = this.#theirs.get(info.user);
    if (!theirs) {
      const enlarge = (from: TheirPicture): void => this.#enlarge(from);
      theirs = { camera: new TheirPicture("camera", enlarge), screen: new TheirPicture("screen", enlarge) };
      this.screens.append(theirs.screen.element);
      this.#theirs.set(info.user, theirs);
    }
    return theirs;
  }

  #enlarge(from: TheirPicture): void {
    this.#enlarged = from;
    text(this.#largeTitle, from.label);
    text(this.#largeNote, from.note);
    this.#large.track = from.picture.track;
    this.#largeDialog.dataset["kind"] = from.kind;
    this.#largeDialog.showModal();
  }

  #shrink(): void {
    this.#enlarged = null;
    this.#large.track = null;
  }

  close(): void {
    this.#check.close();
  }
}

/** Oneself, seen by oneself alone, and which camera it is; then for all, or not. */
class CameraCheck {
  readonly dialog: HTMLDialogElement;
  readonly #picture = new Picture();
  readonly #problem = h("p", { class: "jam-problem", role: "alert", hidden: true });
  readonly #select: HTMLSelectElement;
  readonly #field: HTMLElement;
  readonly #on: HTMLButtonElement;
  #stream: MediaStream | null = null;
  #asked = 0;

  constructor(readonly use: (stream: MediaStream) => void) {
    const [title, select] = [uid("jam-camera"), uid("jam-camera-choice")];
    this.#select = h("select", { id: select, change: () => void this.#look(this.#select.value) });
    this.#field = field(words.pictures.which, this.#select);
    this.#field.hidden = true;
    this.#on = h("button", {
      class: "button button--primary", type: "button", disabled: true, click: () => this.#take(),
    }, words.pictures.on);
    this.#picture.video.setAttribute("aria-label", words.pictures.ownLabel);
    this.dialog = h(
      "dialog",
      { class: "dialog jam-camera-check", "aria-labelledby": title, close: () => this.close() },
      h("h2", { id: title }, words.pictures.title),
      h("p", {}, words.pictures.who),
      this.#picture.video,
      this.#problem,
      this.#field,
      h("div", { class: "jam-buttons" }, this.#on,
        h("button", { class: "button button--quiet", type: "button", click: () => this.dialog.close() }, words.pictures.cancel)),
    );
  }

  open(): void {
    this.dialog.showModal();
    void this.#look(null);
  }

  async #look(deviceId: string | null): Promise<void> {
    this.#stop();
    const asked = this.#asked;
    show(this.#problem, false);
    try {
      const stream = await Pictures.look(deviceId);
      if (asked !== this.#asked) {
        stopAll(stream); // closed, or another one chosen meanwhile
        return;
      }
      this.#stream = stream;
      this.#picture.track = stream.getVideoTracks()[0] ?? null;
      this.#on.disabled = false;
      await this.#list();
    } catch (problem) {
      if (asked !== this.#asked) return;
      text(this.#problem, words.pictures.problems[pictureProblem(problem)]);
      show(this.#problem, true);
    }
  }

  /** The names of cameras are told once one of them was allowed. */
  async #list(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
    const chosen = this.#picture.track?.getSettings().deviceId ?? "";
    this.#select.replaceChildren(
      ...cameras.map(({ deviceId, label }, i) =>
        h("option", { value: deviceId, selected: deviceId === chosen }, label || fill(words.pictures.numbered, { n: i + 1 }))),
    );
    show(this.#field, cameras.length > 1);
  }

  #take(): void {
    const stream = this.#stream;
    this.#stream = null; // it goes on, for all
    this.dialog.close();
    if (stream) this.use(stream);
  }

  #stop(): void {
    this.#asked += 1;
    stopAll(this.#stream);
    this.#stream = null;
    this.#picture.track = null;
    this.#on.disabled = true;
  }

  close(): void {
    this.#stop();
  }
}
