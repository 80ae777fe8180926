// Where the beats of a room lie: a grid on the session's clock, the same for everybody, counted locally.
import { Coming } from "../coming";

export interface Grid {
  on: boolean;
  /** beats a minute */
  bpm: number;
  /** beats of a bar */
  beats: number;
  /** beats of a bar that are stressed, from 1 on */
  accents: number[];
  /** bars at the beginning that only count in */
  count_in: number;
  /** beats by which everybody hears the others later; 0: live */
  interval: number;
  /** session ms of the first beat of the first bar */
  from: number;
}

/** How long an interval is, ms; 0 while there is none. */
export const intervalMs = (grid: Grid | null): number =>
  grid?.on && grid.interval ? grid.interval * beatMs(grid) : 0;

/** Session ms at which the first interval begins: behind the bars that count in. */
export const intervalsFrom = (grid: Grid): number => grid.from + grid.count_in * grid.beats * beatMs(grid);

export interface Beat {
  /** session ms */
  at: number;
  /** from 0 on; negative bars count in */
  bar: number;
  /** 0 is the first of its bar */
  beat: number;
  accent: boolean;
}

export const SLOWEST = 30;
export const FASTEST = 300;
export const MOST_BEATS = 12;

export const beatMs = ({ bpm }: Grid): number => 60_000 / bpm;

/** The beats of a grid from one session time up to, not including, another. */
export function beatsOf(grid: Grid, from: number, to: number): Beat[] {
  if (!grid.on) return [];
  const length = beatMs(grid);
  const found: Beat[] = [];
  for (let n = Math.max(0, Math.ceil((from - grid.from) / length - 1e-9)); ; n += 1) {
    const at = grid.from + n * length;
    if (at >= to) return found;
    const beat = n % grid.beats;
    const bar = Math.floor(n / grid.beats) - grid.count_in;
    found.push({ at, bar, beat, accent: grid.accents.includes(beat + 1) });
  }
}

/**
 * The grid that holds and the one that comes: a change of tempo is told before the bar with which it begins,
 * and the bar before it is played to its end.
 */
export class Beats extends Coming<Grid> {
  protected override waits(grid: Grid, now: Grid): boolean {
    return grid.on && now.on;
  }

  between(from: number, to: number): Beat[] {
    this.settle(from);
    const now = this.now ? beatsOf(this.now, from, Math.min(to, this.ends)) : [];
    return this.next ? [...now, ...beatsOf(this.next, Math.max(from, this.ends), to)] : now;
  }
}

const TAPS = 6;
const FORGET_MS = 2500; // slower than the slowest tempo: a new try

/** A tempo that is tapped: the median of the last intervals, in whole BPM; null until there are two. */
export class Tapping {
  #times: number[] = [];

  tap(ms: number): number | null {
    const last = this.#times.at(-1);
    if (last !== undefined && ms - last > FORGET_MS) this.#times = [];
    this.#times = [...this.#times, ms].slice(-TAPS);
    const gaps = this.#times.slice(1).map((time, i) => time - this.#times[i]!).sort((a, b) => a - b);
    if (gaps.length < 2) return null;
    const middle = gaps.length >> 1;
    const gap = gaps.length % 2 ? gaps[middle]! : (gaps[middle - 1]! + gaps[middle]!) / 2;
    return Math.max(SLOWEST, Math.min(FASTEST, Math.round(60_000 / gap)));
  }
}
