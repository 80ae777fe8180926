// The delay of somebody's devices, from this machine's output to its input: measured, judged, and kept on the device.

const KEPT = "jam-loopback";
const MOST_KEPT = 20;
const FEWEST = 4;
/** Clicks that came at so different times weren't ours. */
const SPREAD_MS = 4;

export type Verdict = "great" | "good" | "slow" | "tooSlow";

/** Up to 15 ms as good as it gets, up to 30 ms well playable, up to 60 ms felt by whoever plays on the beat. */
export function verdict(ms: number): Verdict {
  if (ms <= 15) return "great";
  if (ms <= 30) return "good";
  return ms <= 60 ? "slow" : "tooSlow";
}

/** The median of the clicks that agree, in ms; null when too few came back, or too differently. */
export function settled(frames: readonly (number | null)[], rate: number): number | null {
  const times = frames.filter((one) => one !== null).map((one) => (1000 * one) / rate).sort((a, b) => a - b);
  if (times.length < FEWEST) return null;
  const median = times[times.length >> 1]!;
  const near = times.filter((ms) => Math.abs(ms - median) <= SPREAD_MS);
  return near.length >= Math.max(FEWEST, times.length / 2) ? median : null;
}

type Kept = Record<string, { ms: number; at: string }>;

function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Kept;
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

/** `devices`: the names of input and output, as the browser tells them. */
export function keep(devices: string, ms: number, at: Date): void {
  const others = Object.entries(read()).filter(([name]) => name !== devices).slice(1 - MOST_KEPT);
  const kept = Object.fromEntries([...others, [devices, { ms: Math.round(ms * 10) / 10, at: at.toISOString() }]]);
  localStorage.setItem(KEPT, JSON.stringify(kept));
}

export function kept(devices: string): { ms: number; at: Date } | null {
  const found = read()[devices];
  const at = new Date(found?.at ?? "");
  return found && Number.isFinite(found.ms) && !Number.isNaN(at.getTime()) ? { ms: found.ms, at } : null;
}
