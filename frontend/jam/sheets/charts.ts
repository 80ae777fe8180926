// Lines of charts: chords over words, grids of bars, names of parts. sessions_app/charts.py reads them alike.

const LONGEST = 16;
const NOTE = "[A-G][#b♯♭]?";
const QUALITY =
  "maj|min|dim|aug|sus|alt|add|no3|no5|mi|m|M|°|ø|Δ|\\+|-|6\\/9|11|13|2|4|5|6|7|9|[#b♯♭](?=5|9|11|13)|\\(|\\)";
const CHORD = new RegExp(`^(?:(${NOTE})((?:${QUALITY})*)(?:\\/(${NOTE}))?|N\\.?C\\.?)$`, "u");
const BAR_SIGNS = new Set(["%", "/", "-", ":", "·", "x"]);

export interface Words {
  kind: "words";
  /** chord (or nothing) and the words that begin under it */
  parts: [string, string][];
  /** what stands where a chord would, and is none */
  unknown: string[];
}

export interface Bars {
  kind: "bars";
  bars: string[][];
  unknown: string[];
}

export interface Part {
  kind: "part";
  name: string;
}

export type ChartLine = Words | Bars | Part;

export function isChord(text: string): boolean {
  return [...text].length <= LONGEST && CHORD.test(text);
}

export function readLine(line: string): ChartLine {
  const text = line.trim();
  if (text.startsWith("|") && text.slice(1).includes("|")) return bars(text);
  const name = /^\[([^[\]]*)\]$/u.exec(text)?.[1]?.trim();
  if (name && !isChord(name)) return { kind: "part", name };
  return wordsOf(line);
}

function bars(text: string): Bars {
  const cells = text.replace(/^\|+|\|+$/gu, "").split("|").map((bar) => bar.split(/\s+/u).filter(Boolean));
  return { kind: "bars", bars: cells, unknown: cells.flat().filter((one) => !BAR_SIGNS.has(one) && !isChord(one)) };
}

function wordsOf(line: string): Words {
  const parts: [string, string][] = [["", ""]];
  const unknown: string[] = [];
  let end = 0;
  for (const found of line.matchAll(/\[([^[\]]*)\]/gu)) {
    parts[parts.length - 1]![1] += line.slice(end, found.index);
    end = found.index + found[0].length;
    const inside = (found[1] ?? "").trim();
    if (isChord(inside)) parts.push([inside, ""]);
    else {
      parts[parts.length - 1]![1] += found[0];
      unknown.push(inside);
    }
  }
  parts[parts.length - 1]![1] += line.slice(end);
  if (parts.length > 1 && parts[0]![0] === "" && parts[0]![1] === "") parts.shift();
  return { kind: "words", parts, unknown };
}

// ---- for one's own eyes: the same in another key -------------------------------------------------

const SHARPS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLATS = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];

function moved(note: string, semitones: number, flats: boolean): string {
  const plain = note.replace("♯", "#").replace("♭", "b");
  const at = plain.endsWith("b") && plain.length > 1 ? FLATS.indexOf(plain) : SHARPS.indexOf(plain);
  const from = at >= 0 ? at : odd(plain);
  return (flats ? FLATS : SHARPS)[(((from + semitones) % 12) + 12) % 12] ?? note;
}

/** Notes that are written as nobody's scale has them: Cb, Fb, E#, B#. */
function odd(note: string): number {
  const white = SHARPS.indexOf(note.charAt(0));
  return (white + (note.endsWith("b") ? 11 : 1)) % 12;
}

/** A chord so many semitones higher; what is none stays. `flats`: how black keys are written. */
export function transposed(chord: string, semitones: number, flats: boolean): string {
  const found = CHORD.exec(chord);
  if (!found?.[1] || semitones === 0) return chord;
  const bass = found[3] ? `/${moved(found[3], semitones, flats)}` : "";
  return `${moved(found[1], semitones, flats)}${found[2] ?? ""}${bass}`;
}

/** Keys that are written with flats. */
const FLAT_KEYS = new Set([
  "f-major", "b-flat-major", "e-flat-major", "a-flat-major", "d-flat-major", "d-minor", "g-minor", "c-minor",
  "f-minor", "b-flat-minor", "e-flat-minor",
]);

/** Whether a chart is written with flats: by its key, and without one by what is in it. */
export function hasFlats(key: string, lines: readonly string[]): boolean {
  if (key) return FLAT_KEYS.has(key);
  const roots = lines.flatMap((line) => [...line.matchAll(/[A-G]([#b♯♭])/gu)].map((found) => found[1]));
  return roots.filter((sign) => sign === "b" || sign === "♭").length * 2 > roots.length;
}
