// One line of a sheet in writing: its field, and what there is to say about it.
import type { Row } from "../sheets/sheets";
import { readLine } from "../sheets/charts";
import { fill, words } from "../words";
import { h, show, text } from "./dom";

export interface LineActions {
  write(ref: string, text: string): void;
  enter(ref: string): void;
  cut(ref: string): void;
  paste(ref: string, lines: string[]): void;
  step(ref: string, by: -1 | 1): void;
  choose(ref: string, mine: boolean): void;
  leave(): void;
}

export class LineField {
  readonly element: HTMLLIElement;
  readonly input: HTMLInputElement;
  readonly #cut: HTMLButtonElement;
  readonly #hint = h("p", { class: "jam-soft", hidden: true });
  readonly #said = h("p", {});
  readonly #theirs: HTMLButtonElement;
  readonly #quarrel: HTMLElement;

  constructor(
    readonly ref: string,
    actions: LineActions,
  ) {
    this.input = h("input", {
      class: "jam-line__field", type: "text", maxlength: 400, autocomplete: "off", spellcheck: false, dir: "auto",
      input: () => actions.write(ref, this.input.value),
      blur: () => actions.leave(),
      keydown: (event: KeyboardEvent) => this.#key(event, actions),
      paste: (event: ClipboardEvent) => this.#paste(event, actions),
    });
    this.#cut = h("button", { class: "jam-line__cut", type: "button", click: () => actions.cut(ref) }, "×");
    this.#theirs = h("button", { class: "button button--small", type: "button", click: () => actions.choose(ref, false) });
    this.#quarrel = h(
      "div",
      { class: "jam-line__quarrel", role: "alert", hidden: true },
      this.#said,
      h(
        "div",
        { class: "jam-buttons" },
        h("button", { class: "button button--small", type: "button", click: () => actions.choose(ref, true) }, words.sheets.mine),
        this.#theirs,
      ),
    );
    this.element = h("li", { class: "jam-line" }, h("div", { class: "jam-line__row" }, this.input, this.#cut), this.#hint, this.#quarrel);
  }

  #key(event: KeyboardEvent, actions: LineActions): void {
    if (event.isComposing) return;
    if (event.key === "Enter") actions.enter(this.ref);
    else if (event.key === "Backspace" && this.input.value === "") actions.cut(this.ref);
    else if (event.key === "ArrowUp") actions.step(this.ref, -1);
    else if (event.key === "ArrowDown") actions.step(this.ref, 1);
    else return;
    event.preventDefault();
  }

  #paste(event: ClipboardEvent, actions: LineActions): void {
    const lines = (event.clipboardData?.getData("text/plain") ?? "").split(/\r\n|\r|\n/u);
    if (lines.length < 2) return;
    event.preventDefault();
    actions.paste(this.ref, lines);
  }

  update(row: Row, number: number, nameOf: (username: string) => string): void {
    const value = row.draft ?? row.line?.text ?? "";
    // While one writes, the blank at the end that the room doesn't keep stays in the field.
    const same = this.input.value.trim() === value.trim() && document.activeElement === this.input;
    if (!same && this.input.value !== value) this.input.value = value;
    this.input.setAttribute("aria-label", fill(words.sheets.line, { n: number }));
    this.#cut.setAttribute("aria-label", fill(words.sheets.cut, { n: number }));
    const read = readLine(value);
    const unknown = read.kind === "part" ? [] : read.unknown.filter((name) => name !== "");
    const hint = row.refused ?? (unknown.length > 0 ? fill(words.sheets.unknown, { names: unknown.join(", ") }) : "");
    text(this.#hint, hint);
    this.#hint.className = row.refused === null ? "jam-soft" : "jam-problem";
    show(this.#hint, hint !== "");
    show(this.#quarrel, row.meanwhile !== null);
    if (row.meanwhile) {
      const { line } = row.meanwhile;
      text(this.#said, line ? fill(words.sheets.meanwhile, { name: nameOf(line.name), text: line.text }) : words.sheets.gone);
      text(this.#theirs, line ? words.sheets.theirs : words.sheets.giveUp);
    }
  }
}
