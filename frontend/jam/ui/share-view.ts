// Files for the chat: chosen, dropped on it or pasted into it, and how far each of them is.
import { cookie } from "../recorder/store-client";
import type { Room } from "../room";
import { sender, SharedFiles, type Sharing } from "../sharing";
import type { SharedFile } from "../protocol";
import { words } from "../words";
import { h, show, text, uid } from "./dom";

const ACCEPTED = "image/*,audio/*,application/pdf,.pdf,.mid,.midi,.flac,.heic,.txt,.md,.cho,.chopro,.abc,.tab,.ly,.musicxml";

export class ShareView {
  readonly button: HTMLElement;
  readonly list = h("ul", { class: "jam-chat__unsaid", role: "list", hidden: true });
  readonly #files: SharedFiles;
  readonly #rows = new Map<string, { row: HTMLElement; state: HTMLElement; bar: HTMLProgressElement; drawn: string }>();

  constructor(readonly room: Room) {
    const { chat, csrfCookie } = room.settings;
    this.#files = new SharedFiles(sender(chat, () => cookie(csrfCookie)), () => this.#draw(), words.share);
    const input = h("input", {
      type: "file", multiple: true, accept: ACCEPTED, hidden: true, tabindex: -1,
      change: () => {
        this.take(input.files);
        input.value = "";
      },
    });
    const what = uid("jam-share");
    const press = h(
      "button",
      { class: "button button--small", type: "button", "aria-describedby": what, click: () => input.click() },
      words.share.choose,
    );
    this.button = h("div", { class: "jam-chat__attach" }, press, input, h("span", { class: "jam-soft", id: what }, words.share.what));
  }

  /** `over`: the part of the page on which files may be dropped. */
  receive(over: HTMLElement): void {
    over.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
    over.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    over.addEventListener("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.take(event.clipboardData.files);
    });
  }

  take(files: FileList | null): void {
    if (!this.room.hosting.seat.rights.chat) return;
    for (const file of files ?? []) this.#files.share(file);
  }

  #draw(): void {
    const files = this.#files.files;
    for (const [ref, { row }] of this.#rows) {
      if (files.some((file) => file.ref === ref)) continue;
      row.remove();
      this.#rows.delete(ref);
    }
    for (const file of files) this.#row(file);
    show(this.list, files.length > 0);
  }

  #row(sharing: Sharing): void {
    let known = this.#rows.get(sharing.ref);
    if (!known) {
      const bar = h("progress", { max: 1, value: 0, "aria-label": sharing.file.name });
      const state = h("div", { class: "row" });
      const row = h("li", {}, h("bdi", {}, sharing.file.name), bar, state);
      known = { row, state, bar, drawn: "" };
      this.#rows.set(sharing.ref, known);
      this.list.append(row);
    }
    known.bar.value = sharing.sent;
    show(known.bar, sharing.problem === null);
    if (known.drawn === (sharing.problem ?? "")) return;
    known.drawn = sharing.problem ?? "";
    known.state.replaceChildren(...(sharing.problem === null ? [] : this.#problem(sharing)));
  }

  #problem(sharing: Sharing): HTMLElement[] {
    const said = h("p", { class: "jam-problem", role: "alert" });
    text(said, `${words.share.unsent} ${sharing.problem}`);
    const act = (label: string, click: () => void): HTMLElement =>
      h("button", { class: "button button--small", type: "button", click }, label);
    const again = act(words.share.again, () => this.#files.retry(sharing.ref));
    const drop = act(words.share.drop, () => this.#files.drop(sharing.ref));
    return sharing.again ? [said, again, drop] : [said, drop];
  }
}

/** A link that saves the file, with its size. */
export function fileLink({ name, size, url }: SharedFile): HTMLElement {
  const shown = new Intl.NumberFormat(undefined, {
    style: "unit", unit: size < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: 1,
  }).format(size < 1e6 ? Math.max(1, Math.round(size / 1000)) : size / 1e6);
  return h(
    "p",
    {},
    h("a", { class: "jam-chat__file", href: url, download: true }, h("bdi", {}, name)),
    h("span", { class: "jam-soft" }, ` ${shown}`),
  );
}
