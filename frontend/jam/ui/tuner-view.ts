// The tuner in one's own strip: which note sounds, and by how much it is off. Runs only while it is open.
import { PitchDetector } from "pitchy";
import { HIGHEST_A4, IN_TUNE, LOWEST_A4, USUAL_A4, noteOf, type Note } from "../pitch";
import type { Room } from "../room";
import { fill, words } from "../words";
import { field, h, text, uid } from "./dom";

const SAMPLES = 4096; // 85 ms: three periods of a bass guitar's lowest string
const EVERY_MS = 80;
const CLEAR = 0.92; // of 1: below it, it is noise or a chord
const QUIET_DB = -50;
const SAID_MS = 1500; // between two that are read out
const NEEDLE = 46; // % of the scale to each side

export class TunerView {
  readonly element: HTMLDetailsElement;
  readonly #note = h("p", { class: "jam-tuner__note", "aria-hidden": "true" }, "–");
  readonly #needle = h("span", { class: "jam-tuner__needle" });
  readonly #scale: HTMLElement;
  readonly #said = h("p", { class: "jam-soft", role: "status" }, words.tuner.play);
  readonly #a4: HTMLInputElement;
  readonly #detector = PitchDetector.forFloat32Array(SAMPLES);
  readonly #samples = new Float32Array(SAMPLES);
  #analyser: AnalyserNode | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #saidAt = 0;

  constructor(readonly room: Room) {
    const id = uid("jam-a4");
    this.#detector.minVolumeDecibels = QUIET_DB;
    this.#scale = h("div", { class: "jam-tuner__scale", "aria-hidden": "true" }, this.#needle);
    this.#a4 = h("input", {
      id, class: "input", type: "number", inputmode: "numeric",
      min: LOWEST_A4, max: HIGHEST_A4, step: 1, value: USUAL_A4,
    });
    this.element = h(
      "details",
      { class: "jam-tuner" },
      h("summary", {}, words.tuner.title),
      this.#note,
      this.#scale,
      this.#said,
      field(words.tuner.a4, this.#a4),
    );
    this.element.addEventListener("toggle", () => (this.element.open ? this.#start() : this.close()));
  }

  #start(): void {
    this.#analyser ??= this.room.graph?.listenToInput(SAMPLES) ?? null;
    this.#timer ??= setInterval(() => this.#look(), EVERY_MS);
  }

  #look(): void {
    const analyser = this.#analyser;
    if (!analyser) return;
    analyser.getFloatTimeDomainData(this.#samples);
    const [hertz, clarity] = this.#detector.findPitch(this.#samples, analyser.context.sampleRate);
    this.#show(clarity >= CLEAR ? noteOf(hertz, this.#reference) : null);
  }

  /** What somebody is still typing counts only when it makes sense. */
  get #reference(): number {
    return this.#a4.validity.valid ? this.#a4.valueAsNumber || USUAL_A4 : USUAL_A4;
  }

  #show(note: Note | null): void {
    if (!note) {
      this.#scale.dataset["state"] = "silent";
      return;
    }
    const { name, octave, cents } = note;
    const state = Math.abs(cents) <= IN_TUNE ? "good" : cents < 0 ? "flat" : "sharp";
    text(this.#note, `${name}${octave}`);
    this.#needle.style.transform = `translateX(${(cents / 50) * NEEDLE}cqi)`;
    this.#scale.dataset["state"] = state;
    const now = performance.now();
    if (now - this.#saidAt < SAID_MS) return;
    this.#saidAt = now;
    text(this.#said, fill(words.tuner[state], { note: `${name}${octave}`, cents: Math.abs(cents) }));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#analyser?.disconnect();
    this.#analyser = null;
  }
}
