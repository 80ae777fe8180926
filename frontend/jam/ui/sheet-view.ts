// A sheet that is open: read, in one's own key, or written line by line.
import type { Room } from "../room";
import { hasFlats } from "../sheets/charts";
import { MOST_LINES, type Row } from "../sheets/sheets";
import { fill, words } from "../words";
import { chartLine } from "./chart-line";
import { h, show, text, uid } from "./dom";
import { LineField } from "./line-field";

export class SheetView {
  readonly element: HTMLElement;
  readonly #title = h("h3", { tabindex: -1, dir: "auto" });
  readonly #chart = h("div", { class: "chart" });
  readonly #empty = h("p", { class: "jam-soft" }, words.sheets.empty);
  readonly #list = h("ol", { class: "jam-lines", role: "list" });
  readonly #writing: HTMLElement;
  readonly #mode: HTMLButtonElement;
  readonly #add: HTMLButtonElement;
  readonly #full = h("p", { class: "jam-soft", hidden: true }, words.sheets.full);
  readonly #key: HTMLSelectElement;
  readonly #keyLine: HTMLElement;
  readonly #fields = new Map<string, LineField>();
  #writes = false;
  #shown: string | null = null;

  constructor(readonly room: Room) {
    const id = uid("jam-sheet");
    this.#mode = h("button", { class: "button button--small", type: "button", click: () => this.#turn(!this.#writes) });
    this.#add = h(
      "button",
      { class: "button button--small", type: "button", click: () => this.#append() },
      words.sheets.addLine,
    );
    this.#key = h("select", { id, class: "input", change: () => this.#read() });
    for (let n = -6; n <= 6; n += 1) this.#key.append(h("option", { value: n, selected: n === 0 }, semitones(n)));
    this.#keyLine = h("div", { class: "jam-sheet__key" }, h("label", { for: id }, words.sheets.transpose), this.#key);
    this.#writing = h(
      "div",
      { class: "jam-sheet__writing", hidden: true },
      h("p", { class: "jam-soft" }, words.sheets.hint),
      this.#list,
      this.#add,
      this.#full,
    );
    this.element = h(
      "div",
      { class: "jam-sheet", hidden: true },
      h(
        "div",
        { class: "jam-sheet__head" },
        this.#title,
        this.#mode,
        h("button", { class: "button button--small button--quiet", type: "button", click: () => room.sheets.look(null) }, words.sheets.close),
      ),
      this.#keyLine,
      this.#empty,
      this.#chart,
      this.#writing,
    );
  }

  /** Draws what is open; of one line alone, where nothing else can have changed. */
  draw(): void {
    const { sheets } = this.room;
    const { open } = sheets;
    show(this.element, open !== null);
    if (open !== this.#shown) {
      this.#shown = open;
      this.#fields.clear();
      this.#list.replaceChildren();
      this.#key.value = "0";
      this.#turn(false);
      if (open) this.#title.focus();
    }
    if (!open) return;
    text(this.#title, open === sheets.notes ? words.sheets.notes : sheets.song?.title || words.sheets.untitled);
    if (this.#writes) this.#write();
    else this.#read();
    this.update();
  }

  /** Who may not write here for now reads alone. */
  update(): void {
    const { chat } = this.room.hosting.seat.rights;
    if (!chat && this.#writes) this.#turn(false);
    show(this.#mode, chat);
  }

  #turn(writes: boolean): void {
    this.#writes = writes;
    text(this.#mode, writes ? words.sheets.read : words.sheets.write);
    show(this.#writing, writes);
    show(this.#chart, !writes);
    show(this.#keyLine, !writes);
    if (!writes) {
      this.room.sheets.flush();
      this.#read();
      return;
    }
    this.#write();
    if (this.room.sheets.rows.length === 0) this.#append();
    else this.#list.querySelector("input")?.focus();
  }

  #read(): void {
    const { sheets } = this.room;
    const lines = sheets.rows.map((row) => row.draft ?? row.line?.text ?? "");
    const view = { semitones: Number(this.#key.value), flats: hasFlats(sheets.song?.key ?? "", lines) };
    this.#chart.replaceChildren(...lines.map((line) => chartLine(line, view)));
    show(this.#empty, !this.#writes && lines.length === 0);
    show(this.#keyLine, !this.#writes && lines.some((line) => line.includes("[") || line.includes("|")));
  }

  #write(): void {
    const { rows } = this.room.sheets;
    show(this.#empty, false);
    const here = new Set(rows.map((row) => row.ref));
    for (const [ref, field] of this.#fields) {
      if (here.has(ref)) continue;
      field.element.remove();
      this.#fields.delete(ref);
    }
    let before: Element | null = null;
    rows.forEach((row, n) => {
      const field = this.#field(row);
      const stands = before ? before.nextElementSibling : this.#list.firstElementChild;
      if (stands !== field.element) this.#list.insertBefore(field.element, stands);
      field.update(row, n + 1, (username) => this.#nameOf(username));
      before = field.element;
    });
    const full = rows.length >= MOST_LINES;
    show(this.#full, full);
    show(this.#add, !full);
  }

  /** As they are called in this room, where they are in it. */
  #nameOf(username: string): string {
    const players = [...(this.room.mesh?.players.values() ?? [])];
    return players.find((player) => player.info.name === username)?.info.shown || username;
  }

  #field(row: Row): LineField {
    const { sheets } = this.room;
    let field = this.#fields.get(row.ref);
    if (field) return field;
    field = new LineField(row.ref, {
      write: (ref, value) => {
        sheets.write(ref, value);
        this.#write();
      },
      enter: (ref) => this.#focus(sheets.add("", ref)),
      cut: (ref) => {
        const at = sheets.rows.findIndex((one) => one.ref === ref);
        sheets.cut(ref);
        this.#focus(sheets.rows[Math.max(0, at - 1)]?.ref);
      },
      paste: (ref, lines) => this.#paste(ref, lines),
      step: (ref, by) => this.#focus(sheets.rows[sheets.rows.findIndex((one) => one.ref === ref) + by]?.ref),
      choose: (ref, mine) => {
        sheets.choose(ref, mine);
        this.#focus(ref);
      },
      leave: () => sheets.flush(),
    });
    this.#fields.set(row.ref, field);
    return field;
  }

  #append(): void {
    const { sheets } = this.room;
    this.#focus(sheets.add("", sheets.rows.at(-1)?.ref ?? null));
  }

  /** A song pasted whole: a line of it for each line. */
  #paste(ref: string, lines: string[]): void {
    const { sheets } = this.room;
    const field = this.#fields.get(ref);
    const input = field?.input;
    if (!input) return;
    const room = MOST_LINES - sheets.rows.length + 1;
    const [first = "", ...rest] = lines.slice(0, room);
    const [start, end] = [input.selectionStart ?? 0, input.selectionEnd ?? 0];
    sheets.write(ref, (input.value.slice(0, start) + first + input.value.slice(end)).slice(0, 400));
    let last = ref;
    for (const line of rest) last = sheets.add(line.slice(0, 400), last);
    this.#write();
    this.#focus(last);
  }

  #focus(ref: string | undefined): void {
    if (ref) this.#fields.get(ref)?.input.focus();
  }
}

function semitones(n: number): string {
  if (n === 0) return words.sheets.semitones.none;
  return fill(n > 0 ? words.sheets.semitones.up : words.sheets.semitones.down, { n: Math.abs(n) });
}
