// Songs and notes: the set list, what is played now, and the sheet that is open.
import type { Song } from "../protocol";
import type { Room } from "../room";
import type { SongWords } from "../sheets/sheets";
import { fill, words } from "../words";
import { h, show, text, uid } from "./dom";
import { SheetView } from "./sheet-view";

/** Title, key and tempo of a song, to be filled in. */
class SongFields {
  readonly title: HTMLInputElement;
  readonly #key: HTMLSelectElement;
  readonly #tempo: HTMLInputElement;
  readonly element: HTMLFormElement;

  constructor(submit: string, done: (song: SongWords) => void) {
    const [title, key, tempo] = [uid("song-title"), uid("song-key"), uid("song-tempo")];
    this.title = h("input", { id: title, class: "input", type: "text", maxlength: 80, required: true, autocomplete: "off" });
    this.#key = h(
      "select",
      { id: key, class: "input" },
      h("option", { value: "" }, words.sheets.anyKey),
      ...Object.entries(words.sheets.keys).map(([slug, name]) => h("option", { value: slug }, name)),
    );
    this.#tempo = h("input", { id: tempo, class: "input", type: "number", min: 30, max: 300, inputmode: "numeric" });
    this.element = h(
      "form",
      {
        class: "jam-song__form",
        submit: (event: SubmitEvent) => {
          event.preventDefault();
          const bpm = this.#tempo.valueAsNumber;
          done({ title: this.title.value.trim(), key: this.#key.value, tempo: Number.isInteger(bpm) ? bpm : null });
        },
      },
      h("div", { class: "jam-song__title" }, h("label", { for: title }, words.sheets.songTitle), this.title),
      h("div", {}, h("label", { for: key }, words.sheets.key), this.#key),
      h("div", {}, h("label", { for: tempo }, words.sheets.tempo), this.#tempo),
      h("button", { class: "button button--small", type: "submit" }, submit),
    );
  }

  set(song: SongWords & { yours?: boolean }): void {
    this.title.value = song.title;
    this.title.readOnly = song.yours === false && song.title !== ""; // it is who added it who names it
    this.#key.value = song.key;
    this.#tempo.value = song.tempo === null ? "" : String(song.tempo);
  }
}

export class SetListView {
  readonly element: HTMLElement;
  readonly #songs = h("ol", { class: "jam-songs", role: "list", "aria-label": words.sheets.list });
  readonly #notes: HTMLButtonElement;
  readonly #fields: SongFields;
  readonly #why = h("p", { class: "jam-problem", role: "alert", hidden: true });
  readonly #add: HTMLDetailsElement;
  readonly #sheet: SheetView;
  readonly #tools: HTMLElement;
  readonly #play: HTMLButtonElement;
  readonly #up: HTMLButtonElement;
  readonly #down: HTMLButtonElement;
  readonly #remove: HTMLButtonElement;
  readonly #change: SongFields;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  #sent = false;
  #sure = false;
  #opened: string | null = null;

  constructor(readonly room: Room) {
    const { sheets } = room;
    const id = uid("jam-songs");
    this.#sheet = new SheetView(room);
    this.#notes = h("button", { class: "jam-song", type: "button", click: () => this.#look(sheets.notes) }, words.sheets.notes);
    this.#fields = new SongFields(words.sheets.put, (song) => {
      this.#sent = true;
      sheets.addSong(song);
    });
    this.#add = h("details", {}, h("summary", {}, words.sheets.add), this.#fields.element, this.#why);
    const tool = (label: string, act: (song: Song) => void): HTMLButtonElement =>
      h("button", {
        class: "button button--small button--quiet", type: "button",
        click: () => {
          if (sheets.song) act(sheets.song);
        },
      }, label);
    this.#play = tool(words.sheets.play, (song) => sheets.play(song.playing ? null : song));
    this.#up = tool(words.sheets.earlier, (song) => sheets.moveSong(song, -1));
    this.#down = tool(words.sheets.later, (song) => sheets.moveSong(song, 1));
    this.#remove = tool(words.sheets.remove, (song) => {
      if (this.#sure) sheets.removeSong(song);
      this.#sure = !this.#sure;
      this.#tell();
    });
    this.#change = new SongFields(words.sheets.save, (song) => {
      if (sheets.song) sheets.changeSong(sheets.song, song);
    });
    this.#tools = h(
      "div",
      { class: "jam-song__tools", hidden: true },
      h("div", { class: "jam-buttons" }, this.#play, this.#up, this.#down, this.#remove),
      h("details", {}, h("summary", {}, words.sheets.change), this.#change.element),
    );
    this.element = h(
      "section",
      { class: "jam-sheets card", "aria-labelledby": id },
      h("h2", { id }, words.sheets.title),
      h("p", { class: "jam-soft" }, words.sheets.about),
      this.#notes,
      this.#songs,
      this.#add,
      this.#sheet.element,
      this.#tools,
    );
    this.draw();
  }

  #look(sheet: string | null): void {
    const { sheets } = this.room;
    sheets.look(sheet === sheets.open ? null : sheet);
  }

  draw(_ref?: string): void {
    const { sheets } = this.room;
    this.#drawSongs(sheets.songs);
    this.#mark(this.#notes, sheets.open !== null && sheets.open === sheets.notes);
    show(this.#notes, sheets.notes !== null);
    if (this.#sent && sheets.adding === null) {
      this.#sent = false;
      this.#fields.element.reset();
      this.#fields.title.focus();
    }
    text(this.#why, sheets.adding?.why ?? "");
    show(this.#why, Boolean(sheets.adding?.why));
    this.#sheet.draw();
    this.#drawTools();
  }

  #drawSongs(songs: readonly Song[]): void {
    const here = new Set(songs.map((song) => song.id));
    for (const [id, button] of this.#buttons) {
      if (here.has(id)) continue;
      button.parentElement?.remove();
      this.#buttons.delete(id);
    }
    songs.forEach((song, n) => {
      let button = this.#buttons.get(song.id);
      if (!button) {
        button = h("button", { class: "jam-song", type: "button", click: () => this.#look(song.id) });
        this.#buttons.set(song.id, button);
        h("li", {}, button);
        h("li", {}, button);
      }
      const item = button.parentElement!;
      if (this.#songs.children[n] !== item) this.#songs.insertBefore(item, this.#songs.children[n] ?? null);
      this.#label(button, song);
    });
  }

  #label(button: HTMLButtonElement, song: Song): void {
    const keys: Record<string, string> = words.sheets.keys;
    const about = [keys[song.key], song.tempo === null ? "" : fill(words.sheets.bpm, { n: song.tempo })];
    const meta = about.filter(Boolean).join(" · ");
    const now = JSON.stringify([song.title, meta, song.playing]);
    if (button.dataset["is"] !== now) {
      button.dataset["is"] = now;
      button.replaceChildren(
        h("bdi", { class: "jam-song__name" }, song.title || words.sheets.untitled),
        meta ? h("span", { class: "jam-soft" }, meta) : "",
        song.playing ? h("span", { class: "badge jam-song__now" }, words.sheets.playing) : "",
      );
    }
    this.#mark(button, song.id === this.room.sheets.open);
  }

  #mark(button: HTMLButtonElement, open: boolean): void {
    button.setAttribute("aria-expanded", String(open));
  }

  #drawTools(): void {
    const { song, songs } = this.room.sheets;
    show(this.#tools, song !== null && this.room.hosting.seat.rights.chat);
    if (song?.id !== this.#opened) {
      this.#opened = song?.id ?? null;
      this.#sure = false;
      if (song) this.#change.set(song);
    }
    if (song) {
      text(this.#play, song.playing ? words.sheets.stop : words.sheets.play);
      this.#up.disabled = songs[0] === song;
      this.#down.disabled = songs.at(-1) === song;
      show(this.#remove, song.yours || this.room.hosting.seat.role !== "player");
    }
    this.#tell();
  }

  #tell(): void {
    text(this.#remove, this.#sure ? words.sheets.removeSure : words.sheets.remove);
  }

  /** Who may not write here for now reads alone. */
  update(): void {
    show(this.#add, this.room.hosting.seat.rights.chat);
    this.#sheet.update();
    this.#drawTools();
  }
}
