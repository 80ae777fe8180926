// How well sound gets to the others in the room, told to the server where this person agreed to it: a
// round trip as both browsers see it, through the relay as sound goes. Never an address.
export const SAMPLES = 20; // of half a second each: what a path is like while one plays
export const AGAIN_MS = 10 * 60_000;

export interface Measured {
  t: "measured";
  peer: string;
  round_trip_ms: number;
}

export class Measuring {
  /** whether this person agreed that it is kept; nothing is told before `welcome` says so */
  on = false;
  readonly #trips = new Map<string, number[]>();
  readonly #told = new Map<string, number>();

  /** Takes in a round trip to somebody, null while there is none; returns what is to be told, if anything. */
  take(user: string, peer: string, trip: number | null, now: number): Measured | null {
    if (!this.on || trip === null || !Number.isFinite(trip) || trip < 0) return null;
    if (now - (this.#told.get(user) ?? -Infinity) < AGAIN_MS) return null;
    const trips = this.#trips.get(user) ?? [];
    trips.push(trip);
    this.#trips.set(user, trips);
    if (trips.length < SAMPLES) return null;
    this.#trips.delete(user);
    this.#told.set(user, now);
    const middle = trips.sort((a, b) => a - b)[Math.floor(trips.length / 2)]!;
    return { t: "measured", peer, round_trip_ms: Math.min(60_000, Math.round(middle * 10) / 10) };
  }

  /** Somebody left: what was half measured counts no more. */
  forget(user: string): void {
    this.#trips.delete(user);
  }
}
