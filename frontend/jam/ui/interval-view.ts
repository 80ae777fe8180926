// Interval mode: on or off for everybody, the vote on it, and the advice to use it when somebody is far away.
import { intervalMs } from "../beat/grid";
import type { BeatVote } from "../protocol";
import type { Room } from "../room";
import { fill, words } from "../words";
import { field, h, show, text, uid } from "./dom";

const USUAL = 16; // beats
const MOST = 64;
const SHORTEST_S = 2;
const LONGEST_S = 30;

/** Tempo and metre, as the fields of the metronome have them; null where they make no sense. */
export type Tempo = () => { bpm: number; beats: number } | null;

export class IntervalView {
  readonly element: HTMLElement;
  readonly #state = h("p", { class: "jam-soft", "aria-live": "polite" });
  readonly #beats: HTMLInputElement;
  readonly #toggle: HTMLButtonElement;
  readonly #problem = h("p", { class: "jam-problem", role: "alert", hidden: true });
  readonly #vote: HTMLElement;
  readonly #question = h("p", { class: "jam-vote__question" });
  readonly #count = h("p", { class: "jam-soft" });
  readonly #yes: HTMLButtonElement;
  readonly #no: HTMLButtonElement;
  readonly #far: HTMLElement;
  readonly #farText = h("p", {});
  /** the person for whom the advice was put aside */
  #notNow: string | null = null;

  constructor(readonly room: Room, readonly tempo: Tempo) {
    const id = uid("jam-interval");
    this.#beats = h("input", {
      id, class: "input", type: "number", inputmode: "numeric", min: 1, max: MOST, step: 1, value: USUAL,
    });
    this.#toggle = h("button", { class: "button", type: "button", click: () => this.#change(!this.#told) });
    const answer = (yes: boolean, label: string): HTMLButtonElement =>
      h("button", { class: "button", type: "button", click: () => room.answerVote(yes) }, label);
    this.#yes = answer(true, words.interval.yes);
    this.#no = answer(false, words.interval.no);
    this.#vote = h(
      "div",
      { class: "jam-vote", role: "group", "aria-label": words.interval.title, hidden: true },
      this.#question, this.#count,
      h("div", { class: "jam-metronome__keys" }, this.#yes, this.#no),
    );
    this.#far = h(
      "div",
      { class: "jam-vote", hidden: true },
      this.#farText,
      h(
        "div",
        { class: "jam-metronome__keys" },
        h("button", { class: "button", type: "button", click: () => this.#change(true) }, words.interval.suggest),
        h("button", {
          class: "button button--quiet", type: "button",
          click: () => {
            this.#notNow = room.intervals.tooFar?.info.user ?? null;
            this.tick();
          },
        }, words.interval.notNow),
      ),
    );
    this.element = h(
      "div",
      { class: "jam-interval" },
      h("h3", {}, words.interval.title),
      this.#vote,
      this.#far,
      this.#state,
      h(
        "div",
        { class: "jam-metronome__tempo" },
        field(words.interval.beats, this.#beats),
      ),
      this.#problem,
      h("div", { class: "jam-metronome__keys" }, this.#toggle),
    );
    this.update();
  }

  /** Whether interval mode was told of last. */
  get #told(): boolean {
    return intervalMs(this.room.metronome.beats.told) > 0;
  }

  #change(on: boolean): void {
    const tempo = this.tempo();
    if (!tempo || !this.#beats.reportValidity()) return;
    const interval = on ? Number(this.#beats.value) : 0;
    const seconds = (interval * 60) / tempo.bpm;
    const fits = !on || (seconds >= SHORTEST_S && seconds <= LONGEST_S);
    text(this.#problem, fits ? "" : fill(words.interval.length, { beats: interval, seconds: seconds.toFixed(1) }));
    show(this.#problem, !fits);
    if (!fits) return;
    const { told } = this.room.metronome.beats;
    const accents = (told?.on ? told.accents : [1]).filter((beat) => beat <= tempo.beats);
    this.room.setBeat({ on: true, ...tempo, accents, count_in: told?.on ? 0 : 1, interval });
  }

  update(): void {
    const { room } = this;
    const { told } = room.metronome.beats;
    const ms = intervalMs(told);
    const hosts = room.hosting.isHost;
    text(this.#toggle, ms ? (hosts ? words.interval.stop : words.interval.suggestStop)
      : hosts ? words.interval.start : words.interval.suggest);
    this.#toggle.disabled = room.socketState !== "open" || !room.hosting.seat.rights.tempo;
    this.#toggle.setAttribute("aria-pressed", String(ms > 0));
    const about = { beats: told?.interval ?? 0, seconds: (ms / 1000).toFixed(1) };
    text(this.#state, room.intervals.on ? fill(words.interval.on, about) : ms ? words.interval.begins : words.interval.off);
    if (ms && told && document.activeElement !== this.#beats) this.#beats.value = String(told.interval);
    this.tick();
  }

  /** Twice a second: what runs out, and what is measured. */
  tick(): void {
    this.#showVote(this.room.vote);
    const far = this.room.vote ? null : this.room.intervals.tooFar;
    show(this.#far, far !== null && far.info.user !== this.#notNow);
    if (!far) return;
    const { shown, name } = far.info;
    text(this.#farText, fill(words.interval.far, { name: shown || name, ms: Math.round(far.stats.latencyMs ?? 0) }));
  }

  #showVote(vote: BeatVote | null): void {
    const now = this.room.clock.now();
    const left = vote && now !== null ? Math.ceil((vote.ends_at - now) / 1000) : 0;
    if (vote && now !== null && left <= 0) this.room.vote = null; // nobody tells that it ran out
    show(this.#vote, left > 0);
    if (!vote || left <= 0) return;
    const { on, interval, bpm } = vote.beat;
    const question = !on ? words.interval.voteOff : interval ? words.interval.vote : words.interval.voteLive;
    text(this.#question, fill(question, { beats: interval, bpm }));
    text(this.#count, fill(words.interval.voteCount, { yes: vote.yes, of: vote.of, seconds: left }));
    this.#yes.setAttribute("aria-pressed", String(vote.mine === true));
    this.#no.setAttribute("aria-pressed", String(vote.mine === false));
  }
}
