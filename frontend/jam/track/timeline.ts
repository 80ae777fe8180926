// Where a room's backing track stands on the session's clock, counted on this machine.
import { Coming } from "../coming";

/** What a host asks for; none without a recording. */
export interface TrackWish {
  recording: string | null;
  /** those of its stems that sound; none: the mix */
  stems: string[];
  playing: boolean;
  /** ms of its sound; null: where it is */
  position: number | null;
  /** percent of its own */
  tempo: number;
  /** semitones */
  pitch: number;
  /** ms from and to */
  loop: [number, number] | null;
}

export interface HeardTrack extends TrackWish {
  hears: true;
  recording: string;
  position: number;
  /** session ms at which it is at `position` */
  from: number;
  /** ms */
  duration: number;
  /** which mix of the recording: another one is other sound */
  mix: string;
  /** counts the changes */
  rev: number;
  /** who set it; null: nobody whom one may know */
  by: string | null;
}

/** As a client is told of it: of one that its person may not hear, nothing else. */
export type Track = HeardTrack | { hears: false };

export const SLOWEST = 50;
export const FASTEST = 150;
export const OCTAVE = 12;
/** ms that are rendered and placed at a time */
export const SEGMENT_MS = 4000;
/** ms by which one overlaps the next */
export const FADE_MS = 20;

/** ms of its sound at a session time, as the server counts it. */
export function positionAt(track: HeardTrack, now: number): number {
  const gone = track.playing ? (Math.max(0, now - track.from) * track.tempo) / 100 : 0;
  const place = track.position + gone;
  if (track.loop) {
    const [begin, end] = track.loop;
    return place < end ? place : begin + ((place - begin) % (end - begin));
  }
  return Math.min(place, track.duration);
}

/** Which change of the track this is; counting begins anew in a room that was empty for a while. */
export const changeOf = (track: HeardTrack): string => `${track.rev}@${track.from}`;

export interface Segment {
  /** the same on every machine */
  key: string;
  index: number;
  /** session ms */
  at: number;
  /** ms of the track's sound */
  position: number;
}

/**
 * The pieces of a track that sound between two session times. They are counted from its `from`, so that
 * every machine renders the same ones, whenever it came in.
 */
export function segmentsOf(track: HeardTrack, from: number, to: number): Segment[] {
  const found: Segment[] = [];
  if (!track.playing) return found;
  for (let index = Math.max(0, Math.floor((from - track.from) / SEGMENT_MS)); ; index += 1) {
    const at = track.from + index * SEGMENT_MS;
    if (at >= to) return found;
    const position = positionAt(track, at);
    if (!track.loop && position >= track.duration) return found;
    found.push({ key: `${changeOf(track)}:${index}`, index, at, position });
  }
}

/** What holds and what comes: a change is told before it holds, and what was goes on until then. */
export class Timeline extends Coming<HeardTrack> {
  protected override waits(_track: HeardTrack, now: HeardTrack): boolean {
    return now.playing;
  }

  /** Session ms until which a change holds that a piece of sound belongs to; −∞: no more. */
  holds(key: string): number {
    const is = (track: HeardTrack | null): boolean => track !== null && track.playing && key.startsWith(`${changeOf(track)}:`);
    if (is(this.now)) return this.ends;
    return is(this.next) ? Infinity : -Infinity;
  }

  /** Pieces to be placed between two session times, each with the session ms at which it breaks off. */
  between(from: number, to: number): (Segment & { track: HeardTrack; until: number })[] {
    this.settle(from);
    const of = (track: HeardTrack | null, end: number, until: number) =>
      track ? segmentsOf(track, from, end).map((one) => ({ ...one, track, until })) : [];
    return [...of(this.now, Math.min(to, this.ends), this.ends), ...of(this.next, to, Infinity)];
  }
}
