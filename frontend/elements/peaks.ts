// Peaks: the outline of a sound. {"version":1,"rate":100,"channels":1,"min":[…],"max":[…]}, values
// -127..127, `rate` points for each second.
export interface Peaks {
  version: 1;
  rate: number;
  channels: number;
  min: number[];
  max: number[];
}

export function isPeaks(value: unknown): value is Peaks {
  if (typeof value !== "object" || value === null) return false;
  const peaks = value as Partial<Peaks>;
  return (
    peaks.version === 1 &&
    typeof peaks.rate === "number" &&
    peaks.rate > 0 &&
    Array.isArray(peaks.min) &&
    Array.isArray(peaks.max) &&
    peaks.min.length === peaks.max.length
  );
}

export function parsePeaks(text: string): Peaks {
  const value: unknown = JSON.parse(text);
  if (!isPeaks(value)) throw new Error("not a peaks file of version 1");
  return value;
}

export async function fetchPeaks(url: string, signal: AbortSignal): Promise<Peaks> {
  const response = await fetch(url, { signal, credentials: "same-origin" });
  if (!response.ok) throw new Error(`peaks answered ${response.status}`);
  return parsePeaks(await response.text());
}

export interface Bar {
  low: number;
  high: number;
}

/** The outline in `count` bars, each the lowest and highest point of its stretch, scaled so that
 * the loudest reaches 1: quiet takes stay readable, and true to themselves. */
export function toBars(peaks: Peaks, count: number): Bar[] {
  const points = peaks.max.length;
  if (points === 0 || count <= 0) return [];
  const bars: Bar[] = [];
  let loudest = 8;
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * points) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * points) / count));
    let low = 127;
    let high = -127;
    for (let p = from; p < to; p++) {
      low = Math.min(low, peaks.min[p] ?? 0);
      high = Math.max(high, peaks.max[p] ?? 0);
    }
    loudest = Math.max(loudest, high, -low);
    bars.push({ low, high });
  }
  return bars.map(({ low, high }) => ({ low: low / loudest, high: high / loudest }));
}
