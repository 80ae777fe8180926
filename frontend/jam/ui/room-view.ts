// The room itself: own strip, other players, recorder, chat, the bar with mute and leave.
import { inputProblem, isTooLoud } from "../engine/input";
import type { Level } from "../engine/meter";
import type { Player } from "../engine/player";
import type { Room } from "../room";
import { fill, words } from "../words";
import { ChatView } from "./chat-view";
import { DirectView } from "./direct-view";
import { h, show, text, uid } from "./dom";
import { HostTools } from "./host-tools";
import { InputFields } from "./input-fields";
import { ListeningFields } from "./listening-fields";
import { MeterView } from "./meter-view";
import { Awake } from "../awake";
import { keysOn, shortcuts, switchKeys } from "../shortcuts";
import { MetronomeView } from "./metronome-view";
import { PicturesView } from "./pictures-view";
import { personView } from "./person-view";
import { RecorderView } from "./recorder-view";
import { SetListView } from "./set-list-view";
import { StreamView } from "./stream-view";
import { StripMenu } from "./strip-menu";
import { StripView } from "./strip-view";
import { TrackView } from "../track/track-view";
import { TunerView } from "./tuner-view";

const LOUD_MS = 3000; // for so long after a peak it is said

export class RoomView {
  readonly element: HTMLElement;
  readonly chat: ChatView;
  readonly recorder: RecorderView;
  readonly #tools: HostTools;
  readonly #direct: DirectView;
  readonly #stream: StreamView;
  readonly metronome: MetronomeView;
  readonly #track: TrackView;
  readonly setList: SetListView;
  readonly #strips = new Map<string, StripView>(); // by person, so that a return keeps its place
  /** Who stands in which place; null: a place that somebody left, kept so that nobody else's moves. */
  readonly #places: (string | null)[] = [];
  readonly #list = h("ul", { class: "jam-players", "aria-label": words.room.players });
  readonly #alone = h("p", { class: "jam-soft jam-alone" }, words.room.alone);
  readonly #connection = h("p", { class: "jam-connection", "aria-live": "polite" });
  readonly #address = h("p", { class: "jam-note" });
  readonly #reload: HTMLButtonElement;
  readonly #resume: HTMLElement;
  readonly #stillMuted: HTMLElement;
  #loudAt = -Infinity;
  readonly #mute: HTMLButtonElement;
  readonly #talk: HTMLButtonElement;
  readonly #leave: HTMLAnchorElement;
  readonly #ownTurn = h("span", { class: "badge jam-strip__state", hidden: true });
  #asked = false; // whether leaving was asked once more, as a take runs
  readonly #ownState = h("span", { class: "badge jam-strip__state" });
  readonly #ownNote = h("p", { class: "jam-soft" });
  readonly #ownMeter = new MeterView(words.check.level);
  readonly #redDot: HTMLElement;
  readonly #fields: InputFields;
  readonly #tuner: TunerView;
  readonly #stage: HTMLButtonElement;
  readonly #pictures: PicturesView;
  readonly #awake = new Awake();
  readonly #endKeys: () => void;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(readonly room: Room) {
    this.chat = new ChatView(room);
    this.recorder = new RecorderView(room);
    this.#pictures = new PicturesView(room);
    this.#tools = new HostTools(room.hosting);
    this.#direct = new DirectView(room.direct);
    this.#stream = new StreamView(room);
    this.metronome = new MetronomeView(room);
    this.#track = new TrackView(room);
    this.setList = new SetListView(room);
    this.#reload = h(
      "button",
      { class: "button", type: "button", click: () => location.reload() },
      words.socket.reload,
    );
    this.#resume = h(
      "div",
      { class: "jam-resume card", hidden: true },
      h("p", {}, words.room.resumeHint),
      h(
        "button",
        { class: "button button--primary", type: "button", click: () => void room.resumeSound() },
        words.room.resume,
      ),
    );
    this.#mute = h("button", {
      class: "button jam-mute", type: "button", click: () => room.setMuted(!room.muted),
    });
    this.#talk = h("button", {
      class: "button jam-talk", type: "button", title: words.interval.talkHint,
      click: () => room.setTalking(!room.intervals.talking),
    });
    this.#leave = h("a", {
      class: "button button--quiet jam-leave", href: room.settings.leave,
      click: (event: MouseEvent) => this.#goOrAsk(event),
    }, words.room.leave);
    this.#redDot = h(
      "span",
      { class: "jam-live", hidden: true },
      h("span", { class: "jam-dot", "aria-hidden": "true" }),
      words.record.on,
    );
    this.#fields = new InputFields(
      room.memory.input,
      (choice) => {
        room.useInput(choice).then(
          () => room.events.notice(words.input.changed, false),
          (problem: unknown) => room.events.notice(words.input[inputProblem(problem)], true),
        );
      },
      (choice) => room.setGain(choice),
    );
    this.#stillMuted = h(
      "div",
      { class: "jam-resume card", hidden: true },
      h("p", {}, words.room.stillMuted),
      h(
        "button",
        { class: "button button--primary", type: "button", click: () => room.setMuted(false) },
        words.room.unmute,
      ),
    );
    this.#tuner = new TunerView(room);
    this.#stage = h("button", {
      class: "button button--quiet jam-stage-button", type: "button", "aria-pressed": false,
      click: () => this.#toggleStage(),
    }, words.room.stage);
    this.#endKeys = shortcuts({
      m: () => this.#mute.hidden || this.#mute.click(),
      t: () => this.#talk.hidden || this.#talk.click(),
      s: () => this.#toggleStage(),
    });
    this.#awake.start({
      title: document.title,
      mute: () => room.setMuted(!room.muted),
      leave: () => this.#leave.click(),
    });
    this.#list.append(this.#ownStrip());
    this.element = h(
      "div",
      { class: "jam-room" },
      h("header", { class: "jam-room__head" }, this.#redDot, this.#connection, this.#reload, this.#stage),
      this.#resume,
      this.#stillMuted,
      h(
        "div",
        { class: "jam-room__body" },
        h(
          "div",
          { class: "jam-room__stage" },
          this.#pictures.screens, this.#list, this.#alone, this.#address, this.metronome.element, this.#track.element, this.setList.element,
        ),
        h(
          "div",
          { class: "jam-room__side" },
          this.#tools.element, this.#stream.element, this.#direct.element, this.recorder.element, this.chat.element,
        ),
      ),
      h(
        "div",
        { class: "jam-bar", role: "group", "aria-label": words.room.bar },
        this.#mute,
        this.#talk,
        this.#pictures.camera,
        this.#pictures.share,
        this.#leave,
      ),
      this.recorder.dialog,
      ...this.#pictures.dialogs,
    );
    this.#timer = setInterval(() => this.#tick(), 500);
    this.update();
  }

  #ownStrip(): HTMLElement {
    const { settings } = this.room;
    const listening = new ListeningFields(this.room);
    const fold = h(
      "details",
      {},
      h("summary", {}, words.room.settings),
      this.room.mode === "listen" ? null : this.#fields.element,
      listening.element,
      this.#pictures.choice,
      this.#keys(),
    );
    return h(
      "li",
      { class: "jam-strip jam-strip--own card" },
      h(
        "div",
        { class: "jam-strip__head" },
        personView(settings, fill(words.room.you, { name: settings.shown || settings.name })),
        this.#ownTurn,
        this.#ownState,
      ),
      this.#pictures.own,
      this.#ownMeter.element,
      this.#ownNote,
      this.room.mode === "listen" ? null : this.#tuner.element,
      fold,
    );
  }

  #keys(): HTMLElement {
    const id = uid("jam-keys");
    const box = h("input", {
      id, type: "checkbox", checked: keysOn(), "aria-describedby": `${id}-hint`,
      change: () => switchKeys(box.checked),
    });
    return h(
      "div",
      {},
      h("p", { class: "jam-check-line" }, box, h("label", { for: id }, words.room.keysOn)),
      h("p", { class: "jam-soft", id: `${id}-hint` }, words.room.keysAre),
    );
  }

  /** Faces, names, meters and the beat alone, to be read from where one plays. */
  #toggleStage(): void {
    const on = this.element.dataset["stage"] !== "true";
    this.element.dataset["stage"] = String(on);
    text(this.#stage, on ? words.room.stageEnd : words.room.stage);
    this.#stage.setAttribute("aria-pressed", String(on));
  }

  /** While one's own sound is being recorded, leaving is asked once more, on the button itself. */
  #goOrAsk(event: MouseEvent): void {
    if (this.room.take.captures && !this.#asked) {
      event.preventDefault();
      this.#asked = true;
      this.update();
      return;
    }
    this.room.leave();
  }

  level(player: Player | null, level: Level): void {
    if (player === null) {
      this.#ownMeter.update(level);
      if (isTooLoud(level)) this.#loudAt = performance.now();
    } else this.#strips.get(player.info.user)?.level(level);
  }

  update(): void {
    const { room } = this;
    const { muted, mode, socketState, socketCode, welcome } = room;
    this.#updateConnection(socketState, socketCode);
    show(this.#resume, room.blocked);
    show(this.#stillMuted, room.stillMuted && muted && mode === "sound");
    text(this.#mute, muted ? words.room.unmute : words.room.mute);
    this.#mute.setAttribute("aria-pressed", String(muted));
    this.#awake.microphone = !muted && mode === "sound";
    show(this.#mute, mode === "sound");
    const { talking } = room.intervals;
    text(this.#talk, talking ? words.interval.talkEnd : words.interval.talk);
    this.#talk.setAttribute("aria-pressed", String(talking));
    show(this.#talk, mode === "sound" && !muted);
    this.#noteOwn();
    text(this.#ownState, muted && mode === "sound" ? words.room.mutedOther : "");
    this.#ownState.dataset["state"] = "muted";
    show(this.#ownState, muted && mode === "sound");
    show(this.#redDot, room.take.recording?.state === "recording");
    this.#asked &&= room.take.captures;
    text(this.#leave, this.#asked ? words.room.leaveSure : words.room.leave);
    this.#updatePlayers();
    this.#pictures.update();
    const direct = welcome?.policy === "all" && (room.mesh?.players.size ?? 0) > 0;
    const { sfu } = room.settings;
    const says = sfu !== null ? fill(words.check.addressSfu, { region: sfu }) : direct ? words.check.addressAll : "";
    text(this.#address, says);
    show(this.#address, says !== "");
    this.recorder.update();
    this.#tools.update();
    this.#direct.update([...(room.mesh?.players.values() ?? [])]);
    this.#stream.update();
    this.chat.update();
    this.setList.update();
    this.metronome.update();
    this.#track.update();
  }

  #noteOwn(): void {
    const { mode, muted } = this.room;
    const { talking } = this.room.intervals;
    const loud = performance.now() - this.#loudAt < LOUD_MS && !muted;
    const note =
      mode === "listen" ? words.room.listening : muted ? words.room.mutedSelf : talking ? words.interval.you : loud ? words.check.tooLoud : "";
    text(this.#ownNote, note);
    show(this.#ownNote, note !== "");
  }

  #updateConnection(state: Room["socketState"], code: number | null): void {
    const ended = state === "ended";
    const known = code === 4403 || code === 4404 || code === 4409 ? code : 4400;
    text(this.#connection, ended ? words.socket[known] : words.socket[state as "open"]);
    this.#connection.dataset["state"] = state;
    show(this.#reload, ended && known !== 4403 && known !== 4404);
  }

  #updatePlayers(): void {
    const players = [...(this.room.mesh?.players.values() ?? [])];
    const here = new Set(players.map((player) => player.info.user));
    for (const [user, view] of this.#strips) {
      if (here.has(user)) continue;
      view.element.replaceWith(h("li", { class: "jam-strip jam-strip--free" }, words.room.free));
      this.#places[this.#places.indexOf(user)] = null;
      this.#strips.delete(user);
    }
    for (const player of players) {
      let view = this.#strips.get(player.info.user);
      if (!view) {
        view = new StripView(
          player, this.room.mixer, new StripMenu(this.room.hosting, this.room.settings),
          () => this.room.clock.now(), this.room.intervals,
          () => this.room.muted || this.room.mode === "listen", this.room.direct,
        );
        this.#strips.set(player.info.user, view);
        view.element.firstElementChild?.after(this.#pictures.of(player).camera.element);
        this.#seat(player.info.user, view.element);
      }
      view.player = player;
      view.update();
    }
    while (this.#places.at(-1) === null) {
      this.#places.pop();
      this.#list.lastElementChild?.remove();
    }
    show(this.#alone, players.length === 0 && this.room.welcome !== null);
  }

  /** The first place that is free, else one behind the others; one's own strip stands before them all. */
  #seat(user: string, element: HTMLElement): void {
    const free = this.#places.indexOf(null);
    if (free < 0) {
      this.#places.push(user);
      this.#list.append(element);
      return;
    }
    this.#places[free] = user;
    this.#list.children[1 + free]?.replaceWith(element);
  }

  #updateOwnTurn(): void {
    const left = this.room.hosting.ownTurn(this.room.clock.now());
    text(this.#ownTurn, left === null ? "" : fill(words.host.turn, { seconds: left }));
    show(this.#ownTurn, left !== null);
  }

  #tick(): void {
    this.#updateOwnTurn();
    for (const view of this.#strips.values()) view.figures();
    this.recorder.tick();
    this.metronome.intervals.tick();
    this.#noteOwn();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#awake.stop();
    this.#endKeys();
    this.#tuner.close();
    this.metronome.close();
    this.#track.close();
    this.#pictures.close();
    this.#fields.close();
  }
}
