// What is played from: set list, charts and notes, as the room has them and as this person writes them. What was
// written here stays until the room has it; where somebody else was quicker both texts stay, until one is chosen.
import type { FromServer, SheetLine, Song, ToServer } from "../protocol";

/** One line as it is shown: what the room has, and what was written here and isn't there yet. */
export interface Row {
  readonly ref: string;
  /** null: a new line on its way */
  line: SheetLine | null;
  /** one's own text that the room hasn't got */
  draft: string | null;
  /** what of it is on its way: nothing newer is sent before the answer */
  sent: string | null;
  /** what it was written over: 0 of a new line */
  base: number;
  /** behind which line a new one stands */
  after: string | null;
  /** somebody else wrote meanwhile (null: deleted it): one's own text isn't sent until one chooses */
  meanwhile: { line: SheetLine | null } | null;
  /** why the room doesn't take it */
  refused: string | null;
}

export interface SongWords {
  title: string;
  key: string;
  tempo: number | null;
}

const PAUSE_MS = 700; // after the last key
const AGAIN_MS = 3000;
const ANSWER_MS = 8000; // then the same is sent once more: the room stores it once
export const MOST_LINES = 300;

export class Sheets {
  songs: readonly Song[] = [];
  notes: string | null = null;
  open: string | null = null;
  /** a song on its way to the set list, sent again after a reconnection; `why` it wasn't taken, if so */
  adding: (SongWords & { ref: string; why: string | null }) | null = null;
  #rows: Row[] = [];
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    readonly send: (frame: ToServer) => boolean,
    /** what is shown changed; of one line alone, its ref */
    readonly changed: (ref?: string) => void,
  ) {}

  get rows(): readonly Row[] {
    return this.#rows;
  }

  get song(): Song | null {
    return this.songs.find((song) => song.id === this.open) ?? null;
  }

  row(ref: string): Row | undefined {
    return this.#rows.find((row) => row.ref === ref);
  }

  /** Whether something was written here that the room hasn't got. */
  get unsaved(): boolean {
    return this.#rows.some((row) => row.draft !== null && !this.#isIdle(row));
  }

  // ---- from the room -----------------------------------------------------------------------------

  take(frame: FromServer): void {
    switch (frame.t) {
      case "welcome":
        this.#list(frame.songs ?? [], frame.notes ?? null);
        if (this.open) this.send({ t: "sheet.open", sheet: this.open });
        this.#sendSong();
        break;
      case "ack":
        if (frame.ref === this.adding?.ref) {
          this.adding = null;
          this.changed();
        }
        break;
      case "songs":
        this.#list(frame.songs, frame.notes);
        break;
      case "sheet":
        if (frame.id === this.open) this.#all(frame.lines);
        break;
      case "line":
        if (frame.sheet === this.open) this.#one(frame);
        break;
      case "line.gone":
        if (frame.sheet === this.open) this.#gone(frame.ref);
        break;
      case "stale":
        if (frame.for !== "song.change") this.#stale(frame.ref, frame.line ?? null);
        break;
      case "error":
        if (frame.ref) this.#refused(frame.ref, frame.code, frame.text, frame.wait);
        break;
    }
  }

  #list(songs: readonly Song[], notes: string | null): void {
    this.songs = songs;
    this.notes = notes;
    if (this.open && this.open !== notes && !this.song && !this.unsaved) this.open = null;
    this.changed();
  }

  /** All lines, after opening and after each reconnection: what waits here is sent again. */
  #all(lines: readonly SheetLine[]): void {
    const here = new Set(lines.map((line) => line.ref));
    for (const row of this.#rows) {
      if (row.line && !here.has(row.ref)) this.#drop(row);
    }
    for (const line of lines) this.#put(line);
    this.#sort();
    for (const row of this.#rows) if (row.draft !== null) this.#later(row, 0);
    this.changed();
  }

  #one(line: SheetLine): void {
    this.#put(line);
    this.#sort();
    this.changed(line.ref);
  }

  #put(line: SheetLine): void {
    const row = this.row(line.ref);
    if (!row) {
      this.#rows.push({ ref: line.ref, line, draft: null, sent: null, base: line.version, after: null, meanwhile: null, refused: null });
      return;
    }
    if (row.line && row.line.version > line.version) return; // an older word, late
    row.line = line;
    const own = row.sent !== null && row.sent === line.text && line.version === row.base + 1;
    if (row.draft === null || row.draft.trim() === line.text) this.#settle(row, line.version);
    else if (own) {
      if (row.base === 0) this.#follow(row);
      row.base = line.version; // what was written since then goes on
      row.sent = null;
      this.#later(row, PAUSE_MS);
    } else if (line.version > row.base) this.#disagree(row, line);
  }

  /** Sends the new lines that waited for this one. */
  #follow(row: Row): void {
    for (const next of this.#rows) if (next.after === row.ref && next.base === 0 && next.draft !== null) this.#later(next, 0);
  }

  #disagree(row: Row, line: SheetLine | null): void {
    row.meanwhile = { line };
    row.sent = null;
    this.#stop(row.ref);
  }

  #settle(row: Row, version: number): void {
    if (row.base === 0) this.#follow(row);
    row.draft = row.sent = row.meanwhile = row.refused = null;
    row.base = version;
    this.#stop(row.ref);
  }

  #gone(ref: string): void {
    const row = this.row(ref);
    if (row) this.#drop(row);
    this.changed();
  }

  /** A line that isn't there any more; what was written over it stays, to be put in anew. */
  #drop(row: Row): void {
    if (row.draft !== null && row.draft.trim() !== "") {
      row.line = null;
      this.#disagree(row, null);
      return;
    }
    this.#stop(row.ref);
    this.#rows = this.#rows.filter((one) => one !== row);
  }

  #stale(ref: string, line: SheetLine | null): void {
    const row = this.row(ref);
    if (line === null) {
      if (row) this.#drop(row);
    } else if (!row || row.draft === null) this.#put(line); // deleted here, and written over meanwhile
    else {
      row.line = line;
      if (row.draft.trim() === line.text) this.#settle(row, line.version);
      else this.#disagree(row, line);
    }
    this.#sort();
    this.changed();
  }

  #refused(ref: string, code: string, text: string, wait: number | undefined): void {
    if (ref === this.adding?.ref) {
      this.adding.why = text;
      this.changed();
      return;
    }
    const row = this.row(ref);
    if (!row || row.draft === null) return;
    if (code === "too_many") this.#later(row, 1000 * (wait ?? 1));
    else if (code === "away" || code === "absent") this.#later(row, AGAIN_MS);
    else {
      row.refused = text;
      row.sent = null;
      this.#stop(ref);
      this.#follow(row);
      this.changed(ref);
    }
  }

  #sort(): void {
    const place = (row: Row): number => row.line?.place ?? this.#placeOf(row.after);
    const at = new Map(this.#rows.map((row, n) => [row, [place(row), row.line ? 0 : 1, n] as const]));
    this.#rows.sort((one, other) => {
      const [a, b] = [at.get(one)!, at.get(other)!];
      return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
    });
  }

  #placeOf(ref: string | null): number {
    for (let at = ref; at !== null; ) {
      const row = this.row(at);
      if (row?.line) return row.line.place;
      at = row?.after ?? null;
      if (!row) return Infinity;
    }
    return -Infinity;
  }

  // ---- from this person --------------------------------------------------------------------------

  addSong(song: SongWords): void {
    this.adding = { ...song, ref: crypto.randomUUID(), why: null };
    this.#sendSong();
  }

  #sendSong(): void {
    if (!this.adding || this.adding.why !== null) return;
    const { why: _why, ...song } = this.adding;
    this.send({ t: "song.add", ...song });
  }

  changeSong(song: Song, words: SongWords): void {
    this.send({ t: "song.change", ref: crypto.randomUUID(), song: song.id, version: song.version, ...words });
  }

  /** One place earlier or later in the set list. */
  moveSong(song: Song, step: -1 | 1): void {
    const others = this.songs.filter((one) => one.id !== song.id);
    const at = this.songs.indexOf(song) + step;
    if (at < 0 || at > others.length) return;
    this.send({ t: "song.move", ref: crypto.randomUUID(), song: song.id, after: others[at - 1]?.id ?? null });
  }

  play(song: Song | null): void {
    this.send({ t: "song.play", ref: crypto.randomUUID(), song: song?.id ?? null });
  }

  removeSong(song: Song): void {
    this.send({ t: "song.remove", ref: crypto.randomUUID(), song: song.id });
  }

  look(sheet: string | null): void {
    this.flush();
    this.open = sheet;
    for (const row of this.#rows) this.#stop(row.ref);
    this.#rows = [];
    if (sheet) this.send({ t: "sheet.open", sheet });
    this.changed();
  }

  /** Writes on a line; it is sent after a pause. */
  write(ref: string, text: string): void {
    const row = this.row(ref);
    if (!row) return;
    row.draft = text;
    row.refused = null;
    if (row.line && row.draft.trim() === row.line.text && !row.meanwhile) this.#settle(row, row.line.version);
    else if (!row.meanwhile && row.sent === null) this.#later(row, PAUSE_MS);
  }

  /** A new line behind another, or the first; returns its ref. */
  add(text: string, after: string | null): string {
    const row: Row = {
      ref: crypto.randomUUID(), line: null, draft: text, sent: null, base: 0, after, meanwhile: null, refused: null,
    };
    const at = this.#rows.findIndex((one) => one.ref === after);
    this.#rows.splice(after === null ? 0 : at < 0 ? this.#rows.length : at + 1, 0, row);
    this.#later(row, PAUSE_MS);
    this.changed();
    return row.ref;
  }

  /** Deletes a line; what nobody has seen yet just goes. */
  cut(ref: string): void {
    const row = this.row(ref);
    if (!row) return;
    this.#stop(ref);
    if (row.line && this.open) {
      this.send({ t: "line.cut", ref, sheet: this.open, version: row.line.version });
    }
    this.#rows = this.#rows.filter((one) => one !== row);
    this.changed();
  }

  /** Of two texts: one's own over what somebody else wrote meanwhile, or theirs. */
  choose(ref: string, mine: boolean): void {
    const row = this.row(ref);
    if (!row?.meanwhile) return;
    const { line } = row.meanwhile;
    row.meanwhile = null;
    if (!mine && line) this.#settle(row, line.version);
    else if (!mine) this.#rows = this.#rows.filter((one) => one !== row);
    else if (line) {
      row.base = line.version;
      this.#later(row, 0);
    } else {
      const at = this.#rows.indexOf(row);
      const text = row.draft ?? "";
      this.#rows.splice(at, 1);
      this.add(text, this.#rows[at - 1]?.ref ?? null); // under an id of its own: the old one is gone
    }
    this.changed();
  }

  /** Sends what waits for a pause. */
  flush(): void {
    for (const row of [...this.#rows]) if (row.draft !== null && row.sent === null) this.#sendNow(row);
  }

  /** An empty new line at the end is sent when something follows it. */
  #isIdle(row: Row): boolean {
    return row.base === 0 && row.draft?.trim() === "" && this.#rows.at(-1) === row;
  }

  #later(row: Row, ms: number): void {
    this.#stop(row.ref);
    this.#timers.set(row.ref, setTimeout(() => this.#sendNow(row), ms));
  }

  #sendNow(row: Row): void {
    this.#stop(row.ref);
    if (row.draft === null || row.meanwhile || !this.open || this.#isIdle(row)) return;
    if (row.base === 0 && this.#waitsFor(row)) return;
    row.sent ??= row.draft.trim();
    const place = row.base === 0 ? { after: row.after } : {};
    this.send({ t: "line.put", ref: row.ref, sheet: this.open, version: row.base, text: row.sent, ...place });
    this.#later(row, ANSWER_MS);
  }

  /** New lines go one after the other, each behind one that the room has: a song pasted whole keeps its order. */
  #waitsFor(row: Row): boolean {
    let before = row.after ? this.row(row.after) : undefined;
    while (before?.refused != null) before = before.after ? this.row(before.after) : undefined;
    row.after = before?.ref ?? null;
    if (!before || before.base > 0 || before.draft === null || before.meanwhile) return false;
    if (before.sent === null) this.#later(before, 0);
    return true;
  }

  #stop(ref: string): void {
    clearTimeout(this.#timers.get(ref));
    this.#timers.delete(ref);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
