// The backing track in the room: what plays and where, one's own volume of it, and what hosts change.
import { clock } from "../../elements/words";
import type { Room } from "../room";
import { field, h, show, text, uid } from "../ui/dom";
import { fill, list, words } from "../words";
import { Chooser } from "./chooser";
import { LoopFields } from "./loop-fields";
import { MOST_STEMS } from "./source";
import { FASTEST, OCTAVE, SLOWEST, type HeardTrack } from "./timeline";
import { CHANNEL, type BackingTrack } from "./track";

const SEND_MS = 400; // what is dialled is sent once

export class TrackView {
  readonly element: HTMLElement;
  readonly #track: BackingTrack;
  readonly #state = h("p", { class: "jam-track__state", "aria-live": "polite" });
  readonly #how = h("p", { class: "jam-soft" });
  readonly #time = h("p", { class: "jam-track__time" });
  readonly #retry: HTMLButtonElement;
  readonly #mute: HTMLButtonElement;
  readonly #strip: HTMLElement;
  readonly #hosts: HTMLElement;
  readonly #start: HTMLButtonElement;
  readonly #place: HTMLInputElement;
  readonly #tempo: HTMLInputElement;
  readonly #pitch: HTMLInputElement;
  readonly #loop: LoopFields;
  readonly #stems = h("fieldset", { class: "jam-track__stems" });
  readonly #chooser: Chooser;
  #stemsOf = "";
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(readonly room: Room) {
    const track = (this.#track = room.track);
    this.#retry = h("button", { class: "button button--small", type: "button", click: () => track.retry() }, words.track.retry);
    this.#mute = h("button", {
      class: "button button--quiet", type: "button",
      click: () => {
        room.mixer.change(CHANNEL, { muted: !room.mixer.of(CHANNEL).muted });
        this.update();
      },
    });
    this.#strip = this.#own();
    const button = (label: string, click: () => void, kind = ""): HTMLButtonElement =>
      h("button", { class: `button ${kind}`, type: "button", click }, label);
    this.#start = button("", () => track.toggle());
    const place = uid("jam-track-place");
    this.#place = h("input", {
      id: place, type: "range", min: 0, max: 1, step: 0.1, value: 0,
      input: () => this.#sayPlace(this.#place.valueAsNumber),
      change: () => track.change({ position: this.#place.valueAsNumber * 1000 }),
    });
    const [tempo, tempoField] = this.#number(words.track.tempo, SLOWEST, FASTEST, 100);
    const [pitch, pitchField] = this.#number(words.track.pitch, -OCTAVE, OCTAVE, 0);
    [this.#tempo, this.#pitch] = [tempo, pitch];
    this.#loop = new LoopFields(track);
    this.#chooser = new Chooser((recording) => track.put(recording));
    this.#hosts = h(
      "div", { class: "jam-track__hosts" },
      field(words.track.position, this.#place),
      h("div", { class: "jam-metronome__keys" }, this.#start, button(words.track.rewind, () => track.change({ position: 0 }))),
      h("div", { class: "jam-track__pair" }, tempoField, pitchField),
      this.#loop.element, this.#stems,
      button(words.track.remove, () => track.remove(), "button--small"),
    );
    this.element = h(
      "section", { class: "jam-track card", "aria-labelledby": "jam-track-title" },
      h("h2", { id: "jam-track-title" }, words.track.title),
      this.#state, this.#retry, this.#how, this.#time, this.#strip, this.#hosts, this.#chooser.element,
    );
    this.#timer = setInterval(() => this.#tick(), 250);
    this.update();
  }

  #own(): HTMLElement {
    const { mixer } = this.room;
    const id = uid("jam-track-volume");
    const slider = h("input", {
      id, type: "range", min: 0, max: 150, step: 1, value: Math.round(mixer.of(CHANNEL).volume * 100),
      input: () => mixer.change(CHANNEL, { volume: Number(slider.value) / 100 }),
    });
    return h(
      "div", { class: "jam-track__own" },
      h("label", { class: "field__label", for: id }, words.track.volume),
      h("div", { class: "jam-strip__mix" }, slider, this.#mute),
      h("p", { class: "jam-soft" }, words.track.own),
    );
  }

  #number(label: string, least: number, most: number, value: number): [HTMLInputElement, HTMLElement] {
    const id = uid("jam-track-number");
    const input = h("input", {
      id, class: "input", type: "number", min: least, max: most, step: 1, value,
      input: () => {
        clearTimeout(this.#later);
        this.#later = setTimeout(() => this.#send(), SEND_MS);
      },
    });
    return [input, field(label, input)];
  }

  #send(): void {
    if (!this.#tempo.reportValidity() || !this.#pitch.reportValidity()) return;
    this.#track.change({ tempo: this.#tempo.valueAsNumber, pitch: this.#pitch.valueAsNumber });
  }

  update(): void {
    const { told, heard, loading, about } = this.#track;
    const hosts = this.room.hosting.isHost;
    text(this.#state, this.#says(heard));
    this.#state.classList.toggle("jam-soft", heard === null);
    show(this.#retry, loading === "failed" && heard !== null);
    const changed = heard && (heard.tempo !== 100 || heard.pitch !== 0);
    const how = heard ? [
      heard.stems.length > 0 && about ? fill(words.track.stems, { names: this.#names(heard) }) : "",
      this.#by(heard),
      changed ? fill(words.track.changed, { tempo: heard.tempo, pitch: signed(heard.pitch) }) : "",
      heard.loop ? LoopFields.says(heard.loop) : "",
    ].filter(Boolean).join(" ") : "";
    text(this.#how, how);
    show(this.#how, how !== "");
    show(this.#strip, told !== null);
    show(this.#hosts, hosts && heard !== null);
    show(this.#chooser.element, hosts);
    this.#chooser.update(told !== null);
    const { muted } = this.room.mixer.of(CHANNEL);
    text(this.#mute, muted ? words.room.hearShort : words.room.silenceShort);
    this.#mute.setAttribute("aria-label", muted ? words.track.unmute : words.track.mute);
    this.#mute.setAttribute("aria-pressed", String(muted));
    if (heard) this.#showHosts(heard);
    this.#tick();
  }

  #says(heard: HeardTrack | null): string {
    const { told, loading, about, runs } = this.#track;
    if (!told) return words.track.none;
    if (!heard) return words.track.unheard;
    if (loading === "failed") return words.track.failed;
    if (loading === "loading" || !about) return words.track.loading;
    return fill(runs ? words.track.plays : words.track.stopped, { title: about.title || words.track.untitled });
  }

  #by({ by }: HeardTrack): string {
    const player = [...(this.room.mesh?.players.values() ?? [])].find(({ info }) => info.user === by);
    return player ? fill(words.track.by, { name: player.info.shown || player.info.name }) : "";
  }

  #names({ stems }: HeardTrack): string {
    return list((this.#track.about?.stems ?? []).filter(({ id }) => stems.includes(id)).map(({ name }) => name));
  }

  #showHosts(heard: HeardTrack): void {
    text(this.#start, this.#track.runs ? words.track.stop : words.track.start);
    this.#start.setAttribute("aria-pressed", String(this.#track.runs));
    this.#place.max = String(heard.duration / 1000);
    for (const [input, value] of [[this.#tempo, heard.tempo], [this.#pitch, heard.pitch]] as const) {
      if (document.activeElement !== input) input.value = String(value);
    }
    this.#loop.update();
    this.#showStems(heard);
  }

  /** A box for each stem; none of them is all of them. */
  #showStems(heard: HeardTrack): void {
    const stems = this.#track.about?.stems ?? [];
    show(this.#stems, stems.length > 1);
    const key = stems.map(({ id }) => id).join();
    if (key !== this.#stemsOf) {
      this.#stemsOf = key;
      const box = (label: string, value: string): HTMLElement => {
        const id = uid("jam-track-stem");
        return h("p", { class: "jam-check-line" },
          h("input", { id, type: "checkbox", value, change: () => this.#chooseStems(value) }), h("label", { for: id }, label));
      };
      this.#stems.replaceChildren(
        h("legend", { class: "field__label" }, words.track.parts),
        box(words.track.whole, ""), ...stems.map(({ id, name }) => box(name, id)),
      );
    }
    const full = heard.stems.length >= MOST_STEMS;
    for (const box of this.#stems.querySelectorAll("input")) {
      box.checked = box.value ? heard.stems.includes(box.value) : heard.stems.length === 0;
      box.disabled = box.value !== "" && full && !box.checked;
    }
  }

  #chooseStems(value: string): void {
    const chosen = [...this.#stems.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value);
    this.#track.change({ stems: value === "" ? [] : chosen.filter((id) => id !== "") });
    this.update(); // until it is told, the boxes say what holds
  }

  #tick(): void {
    const { heard, position } = this.#track;
    const shown = heard !== null && position !== null && this.#track.about !== null;
    show(this.#time, shown);
    if (!shown) return;
    const seconds = position / 1000;
    text(this.#time, fill(words.track.at, { at: clock(seconds), length: clock(heard.duration / 1000) }));
    if (this.#place.matches(":active, :focus-visible")) return; // somebody is moving it
    this.#place.value = String(seconds);
    this.#sayPlace(seconds);
    if (!this.#track.runs && heard.playing) this.#showHosts(heard); // it has come to its end
  }

  #sayPlace(seconds: number): void {
    this.#place.setAttribute("aria-valuetext", clock(seconds));
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#later);
  }
}

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value).replace("-", "−"));
