// The sound of a track, fetched through one's own addresses: its mix, or some stems put together.
import type { Sound } from "./render";

/** A stem as the site tells of it; times are ms from where the mix begins. */
export interface StemAbout {
  id: string;
  name: string;
  url: string;
  start: number;
  rate: number;
  drift_ppm: number;
  /** [frame, ms]: from that frame on everything is later by so much more */
  slips: [number, number][];
  gain: number;
  pan: number;
}

export interface TrackAbout {
  title: string;
  /** ms */
  duration: number;
  opus: string;
  aac: string | null;
  stems: StemAbout[];
}

/** A recording one may choose. */
export interface Choice {
  id: string;
  title: string;
  /** ms */
  duration: number;
  players: string[];
}

/** Of the longest track, seconds; as the site holds it. */
export const LONGEST = 600;
/** Stems that sound at a time. */
export const MOST_STEMS = 4;

async function asked<Answer>(address: string): Promise<Answer> {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as Answer;
}

export const aboutTrack = (recording: string): Promise<TrackAbout> =>
  asked<TrackAbout>(`/recordings/${encodeURIComponent(recording)}/track/`);

interface Row {
  id: string;
  title: string;
  state: string;
  duration_ms: number | null;
  players: string[];
}

/** A page of the recordings one may hear, newest first: those one has a part in, or all. `next`: the page after. */
export async function choices(mine: boolean, next: string | null): Promise<{ found: Choice[]; next: string | null }> {
  const page = await asked<{ results: Row[]; next: string | null }>(next ?? `/api/v1/recordings/${mine ? "?mine=1" : ""}`);
  const found = page.results.flatMap((row) =>
    row.state === "ready" && row.duration_ms !== null && row.duration_ms <= LONGEST * 1000
      ? [{ id: row.id, title: row.title, duration: row.duration_ms, players: row.players }] : []);
  return { found, next: page.next && new URL(page.next, location.href).pathname + new URL(page.next, location.href).search };
}

async function decoded(context: BaseAudioContext, address: string): Promise<AudioBuffer> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status}`);
  return context.decodeAudioData(await response.arrayBuffer());
}

/** The sound of a track, whole. Throws when it can't be fetched or read. */
export async function soundOf(context: BaseAudioContext, about: TrackAbout, stems: readonly string[]): Promise<Sound> {
  if (stems.length === 0) {
    const mix = await decoded(context, about.opus).catch((problem: unknown) => {
      if (about.aac === null) throw problem; // not every browser reads Opus in Ogg
      return decoded(context, about.aac);
    });
    const left = mix.getChannelData(0).slice();
    return { rate: mix.sampleRate, left, right: mix.numberOfChannels > 1 ? mix.getChannelData(1).slice() : left.slice() };
  }
  const frames = Math.ceil((about.duration * context.sampleRate) / 1000);
  const sound: Sound = { rate: context.sampleRate, left: new Float32Array(frames), right: new Float32Array(frames) };
  for (const stem of about.stems) {
    if (stems.includes(stem.id)) add(sound, stem, await decoded(context, stem.url)); // one at a time: memory
  }
  tame(sound);
  return sound;
}

/** Puts a stem where it was played: each frame at its time, by the clock of who recorded it. */
export function add(sound: Sound, stem: StemAbout, buffer: Pick<AudioBuffer, "sampleRate" | "numberOfChannels" | "getChannelData">): void {
  const [left, right] = gains(stem);
  const sides = [buffer.getChannelData(0), buffer.getChannelData(buffer.numberOfChannels > 1 ? 1 : 0)] as const;
  const slips = stem.slips.map(([frame, ms]) => ({ from: (frame * 1000) / stem.rate, ms }));
  // Ms of the stem's own count that one ms of the session is: a fast sound device counts more.
  const speed = 1 + stem.drift_ppm * 1e-6;
  for (let n = 0; n <= slips.length; n += 1) {
    // From one slip to the next.
    const begin = n === 0 ? 0 : slips[n - 1]!.from;
    const end = slips[n]?.from ?? Infinity;
    const stood = slips.slice(0, n).reduce((sum, { ms }) => sum + ms, 0);
    const at = (own: number): number => stem.start + own / speed + stood;
    const first = Math.max(0, Math.ceil((at(begin) * sound.rate) / 1000));
    const last = Math.min(sound.left.length, Math.ceil((at(end) * sound.rate) / 1000));
    for (let i = first; i < last; i += 1) {
      const own = ((i * 1000) / sound.rate - stem.start - stood) * speed;
      const place = (own * buffer.sampleRate) / 1000;
      const frame = Math.floor(place);
      if (frame + 1 >= sides[0].length) break;
      const part = place - frame;
      sound.left[i]! += left * (sides[0][frame]! * (1 - part) + sides[0][frame + 1]! * part);
      sound.right[i]! += right * (sides[1][frame]! * (1 - part) + sides[1][frame + 1]! * part);
    }
  }
}

/** As in the site's mixes: of constant power, 0 dB in the middle. */
function gains({ gain, pan }: StemAbout): [number, number] {
  if (pan === 0) return [gain, gain];
  const angle = ((pan + 1) * Math.PI) / 4;
  return [gain * Math.SQRT2 * Math.cos(angle), gain * Math.SQRT2 * Math.sin(angle)];
}

/** Nothing beyond full scale. */
function tame({ left, right }: Sound): void {
  let peak = 0;
  for (const side of [left, right]) for (const value of side) peak = Math.max(peak, Math.abs(value));
  if (peak <= 1) return;
  for (const side of [left, right]) for (let i = 0; i < side.length; i += 1) side[i]! /= peak;
}
