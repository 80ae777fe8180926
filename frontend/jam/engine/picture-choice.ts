// How much picture one player is sent. Sound comes first: at the first sign that it is crowded the picture
// takes less of the path, then nothing; it comes back step by step, and later each time that it didn't hold.
import type { Format } from "./codec-choice";

export type PictureKind = "camera" | "screen";

export interface PictureForm {
  /** frames a second at most */
  readonly frames: number;
  /** kbit/s at most */
  readonly rate: number;
  /** by how much width and height are divided */
  readonly smaller: number;
}

/** From the most to the least; what comes after the last is no picture. */
export const PICTURES: readonly Readonly<Record<PictureKind, PictureForm>>[] = [
  { camera: { frames: 15, rate: 150, smaller: 1 }, screen: { frames: 5, rate: 1000, smaller: 1 } },
  { camera: { frames: 8, rate: 80, smaller: 1 }, screen: { frames: 3, rate: 400, smaller: 1 } },
  { camera: { frames: 5, rate: 40, smaller: 2 }, screen: { frames: 1, rate: 150, smaller: 2 } },
];
export const NO_PICTURE = PICTURES.length;

/** What is known of the sound between two players, from the start of their connection on. */
export interface SoundFacts {
  /** in what form they are sent sound; null where it isn't known */
  form: Format | { rate: number; repeats: number } | null;
  /** packets left out as the line was crowded */
  heldBack: number;
  /** of our sound, as they counted it: 0–1 */
  loss: number;
  /** sound that was missing, ms: of theirs here, of ours there */
  missingHere: number;
  missingThere: number;
  /** who else gets sound and a picture from here */
  players: number;
}

/** A picture begins in the middle: whether there is room for more is not known yet. */
const FIRST = 1;
/** A round trip that has become longer by so much is a queue; the sound's own limit is 35 (codec-choice.ts). */
const QUEUE_MS = 25;
const LONG_QUEUE_MS = 100;
/** Packets left out in half a second after which there is no picture at once. */
const MANY_HELD = 4;
/** Of half a second; one gap may be a machine that stood still, three in a row are not. */
const GAPS_MS = 60;
const LOSSY = 0.1;
const IN_A_ROW = 3;
const STEP_MS = 500;
const RISE_MS = 4000;
const TRY_MS = 10_000;
const LONGEST_TRY_MS = 120_000;
/** A step up that is taken back within this was one too many. */
const HELD_MS = 20_000;
const MANY_PLAYERS = 3;

export class PictureChoice {
  /** index into PICTURES, or NO_PICTURE */
  step = FIRST;
  /** never steps down: for tests of who sees whom, on machines that keep up with nothing */
  steady = false;
  #quietSince: number | null = null;
  #waitMs = RISE_MS;
  #tryMs = TRY_MS;
  #stepped = -Infinity;
  #raised = -Infinity;
  #last: SoundFacts | null = null;
  #rough = 0;
  #trips: number[] = [];
  #base = Infinity;

  /** Whether there is no picture now, as sound needs the line. */
  get paused(): boolean {
    return this.step === NO_PICTURE;
  }

  form(kind: PictureKind): PictureForm | null {
    return PICTURES[this.step]?.[kind] ?? null;
  }

  /** Twice a second. */
  sound(facts: SoundFacts, now: number): void {
    const last = this.#last ?? facts;
    this.#last = facts;
    const held = facts.heldBack - last.heldBack; // less than nothing after a new connection
    const gaps = Math.max(facts.missingHere - last.missingHere, facts.missingThere - last.missingThere);
    this.#rough = gaps > GAPS_MS || facts.loss > LOSSY ? this.#rough + 1 : 0;
    if (held >= MANY_HELD) this.#lower(now, NO_PICTURE);
    else if (held > 0 || this.#rough >= IN_A_ROW) this.#lower(now);
    const least = PictureChoice.#leastFor(facts);
    if (this.step < least) this.#lower(now, least - this.step);
    this.#quietSince ??= now;
    if (this.step > least && now - this.#quietSince >= this.#waitMs) this.#raise(now);
  }

  /** Four times a second: a round trip, ms. Of three that follow each other the shortest counts. */
  trip(ms: number, now: number): void {
    this.#trips = [...this.#trips.slice(-2), ms];
    if (this.#trips.length < 3) return;
    const latest = Math.min(...this.#trips);
    const queue = latest - this.#base;
    if (queue > LONG_QUEUE_MS) this.#lower(now, NO_PICTURE);
    else if (queue > QUEUE_MS) this.#lower(now);
    this.#base = Math.min(latest, this.#base + 2);
  }

  /** Sound that takes less than it would is why: what is free belongs to it, and the picture waits. */
  static #leastFor({ form, players }: SoundFacts): number {
    const crowd = players > MANY_PLAYERS ? 1 : 0;
    if (!form || form.rate >= 96) return crowd;
    return form.rate >= 64 && form.repeats > 0 ? 2 : NO_PICTURE;
  }

  #lower(now: number, steps = 1): void {
    if (this.steady) return;
    this.#quietSince = now;
    if (this.step === NO_PICTURE || (now - this.#stepped < STEP_MS && steps < NO_PICTURE)) return;
    this.#tryMs = now - this.#raised < HELD_MS ? Math.min(LONGEST_TRY_MS, this.#tryMs * 2) : TRY_MS;
    this.#waitMs = this.#tryMs;
    this.step = Math.min(NO_PICTURE, this.step + steps);
    this.#stepped = now;
    this.#rough = 0;
  }

  #raise(now: number): void {
    this.step -= 1;
    this.#stepped = this.#raised = this.#quietSince = now;
    // What was given up once is tried in long steps until it has held for a while.
    this.#waitMs = this.#tryMs > TRY_MS ? this.#tryMs : Math.max(RISE_MS, this.#waitMs / 2);
  }
}
