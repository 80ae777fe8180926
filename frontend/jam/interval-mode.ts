// Interval mode in the room: whom one hears an interval later, and where in their sound that is.
import { beatMs, intervalMs, intervalsFrom, type Grid } from "./beat/grid";
import type { Metronome } from "./beat/metronome";
import type { Mesh } from "./engine/mesh";
import type { NetClient } from "./engine/net-client";
import type { Player } from "./engine/player";

const EVERY_MS = 100;
const TELL_MS = 1000;
const FRAMES = 48; // of a millisecond
/** The next beat that can still be met. */
const SOONEST_MS = 300;
/** Who is farther away than this disturbs the beat, live. */
export const FAR_MS = 60;
const FAR_FOR_MS = 5000;

export class IntervalMode {
  #timer: ReturnType<typeof setInterval> | undefined;
  #told = 0;
  #keepMs = 0;
  #grid: Grid | null = null;
  /** for each player heard by interval, their first frame that is */
  readonly #from = new WeakMap<Player, { grid: Grid; frame: number; zero: number }>();
  /** ids of those whom this person hears live all the same */
  readonly #live = new Set<string>();
  #talking = false;
  #farSince: number | null = null;

  constructor(
    readonly metronome: Metronome,
    readonly mesh: () => Mesh | null,
    readonly net: () => NetClient | null,
    readonly changed: () => void,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Whether the room is in interval mode now. */
  get on(): boolean {
    return this.#grid !== null;
  }

  /** How much later the others are heard, ms. */
  get ms(): number {
    return intervalMs(this.#grid);
  }

  get talking(): boolean {
    return this.#talking;
  }

  /** Own sound goes to everybody as it is spoken, and into no interval. */
  set talking(on: boolean) {
    if (on === this.#talking) return;
    this.#talking = on;
    this.net()?.talk(on);
    this.#tell();
    this.changed();
  }

  hearsLive(user: string): boolean {
    return this.#live.has(user);
  }

  hearLive(user: string, live: boolean): void {
    if (live) this.#live.add(user);
    else this.#live.delete(user);
    this.#tick();
    this.#tell();
    this.changed();
  }

  /** The player who has been too far away for playing live for some seconds; null: nobody, or it is on. */
  get tooFar(): Player | null {
    if (this.#farSince === null || performance.now() - this.#farSince < FAR_FOR_MS) return null;
    return this.#farthest();
  }

  #farthest(): Player | null {
    if (this.on || this.metronome.beats.told?.interval) return null;
    let farthest: Player | null = null;
    for (const player of this.mesh()?.players.values() ?? []) {
      const ms = player.stats.latencyMs;
      if (ms !== null && ms > FAR_MS && ms > (farthest?.stats.latencyMs ?? 0)) farthest = player;
    }
    return farthest;
  }

  #tick(): void {
    const { clock, beats, context } = this.metronome;
    const now = clock.now();
    const mesh = this.mesh();
    if (now === null || !mesh || !context) return;
    context.look();
    const grid = beats.at(now);
    const was = this.on;
    this.#grid = grid && intervalMs(grid) > 0 && now >= intervalsFrom(grid) ? grid : null;
    this.#keep(Math.max(intervalMs(grid), intervalMs(beats.told)));
    for (const player of mesh.players.values()) {
      const before = player.byInterval;
      this.#place(player, now);
      if (player.byInterval !== before) this.#told = -Infinity; // they are told at once what to send
    }
    if (this.#farthest()) this.#farSince ??= performance.now();
    else this.#farSince = null;
    const due = performance.now() - this.#told > TELL_MS;
    if (was !== this.on) this.changed();
    if (due || was !== this.on) this.#tell();
    this.#duck(mesh);
  }

  /** Sound is encoded as soon as an interval is told of, so that the first is whole. */
  #keep(ms: number): void {
    if (ms === this.#keepMs) return;
    this.#keepMs = ms;
    this.net()?.interval(ms);
  }

  #place(player: Player, now: number): void {
    const grid = this.#grid;
    if (!grid || player.zero === null || !player.canInterval || this.#live.has(player.info.user)) {
      player.hear(null);
      return;
    }
    const length = intervalMs(grid);
    // Theirs at a session time, as the number of their frame.
    const frameAt = (session: number): number => (session - player.zero!) * FRAMES;
    const out = this.metronome.context!.out + this.metronome.clock.offset!;
    let from = this.#from.get(player);
    if (from?.grid !== grid || !player.byInterval || Math.abs(from.zero - player.zero) > 1000) {
      const beat = beatMs(grid);
      const start = intervalsFrom(grid);
      // Who comes in the middle hears from the next beat on; nothing from before the first interval is heard.
      const next = start + Math.ceil((now + SOONEST_MS - start) / beat) * beat;
      from = { grid, zero: player.zero, frame: frameAt(Math.max(start, next - length)) };
      this.#from.set(player, from);
    }
    player.hear({ lag: frameAt(out - length), from: from.frame });
  }

  #tell(): void {
    const { clock, context } = this.metronome;
    const mesh = this.mesh();
    if (!mesh) return;
    this.#told = performance.now();
    const zero = context?.ready && clock.offset !== null ? context.in + clock.offset : null;
    for (const player of mesh.players.values()) player.tell(zero, this.#talking);
  }

  #duck(mesh: Mesh): void {
    const players = [...mesh.players.values()];
    const spoken = players.some((player) => player.talking);
    for (const player of players) player.strip.ducked = spoken;
  }
}
