// "Match the group": everybody is heard equally late, oneself included, so that all play on one beat.

/** More than this is no groove any more: who is farther away stays later than the others. */
export const MOST_MS = 60;

export interface Matching {
  /** how late everybody is heard, ms */
  target: number;
  /** what each has to be held back for it, in their order, ms */
  extra: number[];
}

const isKnown = (ms: number | null): ms is number => ms !== null && Number.isFinite(ms);

/** `latencies`: ms from each player to this one's ears; null where it isn't known yet. */
export function matched(latencies: readonly (number | null)[]): Matching {
  const target = Math.min(MOST_MS, Math.max(0, ...latencies.filter(isKnown)));
  return { target, extra: latencies.map((ms) => (isKnown(ms) ? Math.max(0, target - ms) : 0)) };
}
