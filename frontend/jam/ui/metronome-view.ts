// The room's metronome: one tempo for everybody; how loud it is and whether one looks at it is one's own.
import { FASTEST, MOST_BEATS, SLOWEST, Tapping, type Beat, type Grid } from "../beat/grid";
import type { Room } from "../room";
import { fill, words } from "../words";
import { field, h, show, text, uid } from "./dom";
import { IntervalView } from "./interval-view";

const SEND_MS = 400; // a tempo that is dialled is sent once

export class MetronomeView {
  readonly element: HTMLElement;
  readonly intervals: IntervalView;
  readonly #start: HTMLButtonElement;
  readonly #bpm: HTMLInputElement;
  readonly #beats: HTMLInputElement;
  readonly #countIn: HTMLInputElement;
  /** a light for each beat of the bar; pressed: stressed */
  readonly #lights = h("div", { class: "jam-beats", role: "group", "aria-label": words.beat.lights });
  readonly #state = h("p", { class: "jam-soft", "aria-live": "polite" });
  readonly #noRight = h("p", { class: "jam-soft", hidden: true }, words.host.noTempo);
  /** what changes the beat of everybody */
  readonly #shared: (HTMLInputElement | HTMLButtonElement)[];
  readonly #tapping = new Tapping();
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly room: Room) {
    this.intervals = new IntervalView(room, () =>
      this.#bpm.reportValidity() && this.#beats.reportValidity()
        ? { bpm: Number(this.#bpm.value), beats: Number(this.#beats.value) } : null);
    const [bpm, beats, countIn, volume] = ["bpm", "beats", "count", "volume"].map((name) => uid(`jam-${name}`));
    const dialled = (): void => {
      clearTimeout(this.#later);
      if (room.metronome.beats.told?.on) this.#later = setTimeout(() => this.#send(true), SEND_MS);
    };
    const number = (id: string, least: number, most: number, value: number): HTMLInputElement =>
      h("input", {
        id, class: "input", type: "number", inputmode: "numeric", min: least, max: most, step: 1, value,
        input: dialled,
      });
    this.#bpm = number(bpm!, SLOWEST, FASTEST, 120);
    this.#beats = number(beats!, 1, MOST_BEATS, 4);
    this.#countIn = h("input", { id: countIn!, type: "checkbox", checked: true });
    this.#start = h("button", {
      class: "button", type: "button", click: () => this.#send(!room.metronome.beats.told?.on),
    });
    const tap = h(
      "button",
      { class: "button", type: "button", "aria-label": words.beat.tapHint, click: () => this.#tap(dialled) },
      words.beat.tap,
    );
    this.#shared = [this.#bpm, this.#beats, this.#countIn, tap];
    const slider = h("input", {
      id: volume!, type: "range", min: 0, max: 150, step: 1, value: Math.round(room.clickVolume * 100),
      input: () => (room.clickVolume = Number(slider.value) / 100),
    });
    this.element = h(
      "section",
      { class: "jam-metronome card", "aria-labelledby": "jam-metronome-title" },
      h("h2", { id: "jam-metronome-title" }, words.beat.title),
      this.#lights,
      this.#state,
      this.#noRight,
      h(
        "div",
        { class: "jam-metronome__tempo" },
        field(words.beat.bpm, this.#bpm),
        field(words.beat.beats, this.#beats),
      ),
      h("div", { class: "jam-metronome__keys" }, this.#start, tap),
      h(
        "details",
        {},
        h("summary", {}, words.beat.more),
        h("p", { class: "jam-check-line" }, this.#countIn, h("label", { for: countIn! }, words.beat.countIn)),
        field(words.beat.volume, slider),
      ),
      this.intervals.element,
    );
    room.metronome.onBeat = (beat) => this.#light(beat);
    this.update();
  }

  #tap(dialled: () => void): void {
    const tempo = this.#tapping.tap(performance.now());
    if (tempo === null) return;
    this.#bpm.value = String(tempo);
    dialled();
  }

  #send(on: boolean): void {
    clearTimeout(this.#later);
    if (!this.#bpm.reportValidity() || !this.#beats.reportValidity()) return;
    const beats = Number(this.#beats.value);
    const { told } = this.room.metronome.beats;
    const runs = told?.on ?? false;
    this.room.setBeat({
      interval: on && runs ? told!.interval : 0,
      on, beats, bpm: Number(this.#bpm.value), accents: this.#stressed(beats),
      count_in: on && !runs && this.#countIn.checked ? 1 : 0,
    });
  }

  /** Shows what was told; what somebody is typing stays. */
  update(): void {
    const grid = this.room.metronome.beats.told;
    const on = grid?.on ?? false;
    text(this.#start, on ? words.beat.stop : words.beat.start);
    this.#start.setAttribute("aria-pressed", String(on));
    const may = this.room.hosting.seat.rights.tempo;
    for (const control of this.#shared) control.disabled = !may;
    this.#start.disabled = !may || this.room.socketState !== "open";
    show(this.#noRight, !may);
    text(this.#state, grid && on ? fill(words.beat.runs, { bpm: grid.bpm, beats: grid.beats }) : words.beat.off);
    show(this.#lights, on);
    if (grid) this.#show(grid);
    this.intervals.update();
  }

  #show(grid: Grid): void {
    for (const [input, value] of [[this.#bpm, grid.bpm], [this.#beats, grid.beats]] as const) {
      if (document.activeElement !== input) input.value = String(value);
    }
    if (this.#lights.childElementCount !== grid.beats) {
      this.#lights.replaceChildren(...Array.from({ length: grid.beats }, (_, i) => this.#lamp(i + 1)));
    }
    for (const [i, light] of [...this.#lights.children].entries()) {
      light.setAttribute("aria-pressed", String(grid.accents.includes(i + 1)));
      (light as HTMLButtonElement).disabled = !this.room.hosting.seat.rights.tempo;
    }
  }

  #lamp(beat: number): HTMLButtonElement {
    const toggle = (): void => {
      const { told } = this.room.metronome.beats;
      if (!told?.on) return;
      const accents = new Set(told.accents);
      if (!accents.delete(beat)) accents.add(beat);
      const { on, bpm, beats, interval } = told;
      this.room.setBeat({ on, bpm, beats, interval, count_in: 0, accents: [...accents] });
    };
    const label = fill(words.beat.stress, { beat });
    return h("button", { class: "jam-beats__light", type: "button", "aria-label": label, title: label, click: toggle });
  }

  /** The stressed beats: those told while it runs, as far as the bar has them; else the first. */
  #stressed(beats: number): number[] {
    const { told } = this.room.metronome.beats;
    return (told?.on ? told.accents : [1]).filter((beat) => beat <= beats);
  }

  #light(beat: Beat): void {
    for (const [i, light] of [...this.#lights.children].entries()) {
      (light as HTMLElement).dataset["on"] = String(i === beat.beat);
    }
    this.#lights.dataset["counting"] = String(beat.bar < 0);
  }

  close(): void {
    clearTimeout(this.#later);
  }
}
