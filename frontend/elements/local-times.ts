// <time datetime="…" data-local="day|moment|clock">: the server writes the time in its own zone, here it
// turns into the reader's zone and language: the zone they chose (<html data-zone>), or else the browser's.
// "moment" is relative while it is near.
const lang = document.documentElement.lang || "en";
const timeZone = known(document.documentElement.dataset.zone);
const day = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone });
const plainDay = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });
const full = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", timeZone });
const hours = new Intl.DateTimeFormat(lang, { timeStyle: "short", timeZone });
const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function known(zone: string | undefined): string | undefined {
  try {
    return zone && new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined; // a zone that this browser doesn't know
  }
}

function moment(then: Date): string {
  const seconds = (then.getTime() - Date.now()) / 1000;
  if (Math.abs(seconds) > 6 * 86_400) return day.format(then);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "second");
}

// An hour alone means today's.
function hour(then: Date): string {
  return day.format(then) === day.format(new Date()) ? hours.format(then) : full.format(then);
}

export function localTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const written = element.dateTime;
    if (!/^\d{4}-\d\d-\d\d/.test(written)) continue;
    // A day without a time is that day everywhere.
    const then = new Date(written.length === 10 ? `${written}T00:00` : written);
    if (Number.isNaN(then.getTime())) continue;
    if (written.length === 10) {
      element.textContent = plainDay.format(then);
      continue;
    }
    const style = element.dataset.local;
    element.textContent =
      style === "clock" ? hour(then) : style === "full" ? full.format(then) : style === "day" ? day.format(then) : moment(then);
    element.title = full.format(then);
  }
}
