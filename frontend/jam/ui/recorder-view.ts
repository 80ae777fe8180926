// Asking to record, agreeing, the red dot, the way of the stem to the server.
import type { Ending, Recording } from "../protocol";
import type { Room } from "../room";
import { fill, list, words } from "../words";
import { h, show, text } from "./dom";
import { uploadSentence } from "./upload-sentence";

/** Until then after its start, a browser may still be about to say that it captures. */
const SETTLING_MS = 4000;

function ownPage(address: string): string | null {
  const url = new URL(address, location.href);
  return url.origin === location.origin ? url.href : null;
}

export class RecorderView {
  readonly element: HTMLElement;
  readonly dialog: HTMLDialogElement;
  readonly #status = h("p", { class: "jam-record__status", "aria-live": "polite" });
  readonly #names = h("p", { class: "jam-soft" });
  readonly #upload = h("p", { class: "jam-soft" });
  readonly #lost = h("p", { class: "jam-problem" });
  readonly #bar = h("progress", { "aria-label": words.record.title });
  readonly #about = h("p", { class: "jam-soft" }, words.record.about);
  readonly #memory = h("p", { class: "jam-problem" }, words.record.memory);
  readonly #time = h("span", { class: "jam-record__time", role: "timer", "aria-label": words.record.time });
  readonly #ask: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #save: HTMLButtonElement;
  // A tab of its own: the room goes on.
  readonly #link = h("a", { class: "button button--primary", target: "_blank", rel: "noopener" }, words.record.ready);
  readonly #join: HTMLButtonElement;
  readonly #ended = h("p", { class: "jam-soft" });
  readonly #dialogTitle = h("h2", { id: "jam-consent-title", tabindex: -1 });
  readonly #dialogText = h("p");
  readonly #agree: HTMLButtonElement;

  constructor(readonly room: Room) {
    this.#ask = h(
      "button",
      { class: "button", type: "button", click: () => room.take.ask() },
      words.record.ask,
    );
    this.#stop = h(
      "button",
      { class: "button button--danger", type: "button", click: () => room.take.end() },
      words.record.stop,
    );
    this.#save = h(
      "button",
      { class: "button", type: "button", click: () => this.#saveStem() },
      words.record.save,
    );
    this.#join = h(
      "button",
      { class: "button", type: "button", click: () => room.take.answer(true) },
      words.record.lateAgree,
    );
    this.#agree = h(
      "button",
      { class: "button button--primary", type: "button", click: () => room.take.answer(true) },
      words.record.agree,
    );
    this.element = h(
      "section",
      { class: "jam-record card", "aria-labelledby": "jam-record-title" },
      h("h2", { id: "jam-record-title" }, words.record.title),
      h("div", { class: "jam-record__now" }, h("span", { class: "jam-dot", "aria-hidden": "true" }), this.#status, this.#time),
      this.#names,
      this.#ended,
      this.#upload,
      this.#bar,
      this.#lost,
      this.#memory,
      this.#about,
      h("div", { class: "jam-buttons" }, this.#ask, this.#stop, this.#join, this.#save, this.#link),
    );
    this.dialog = h(
      "dialog",
      {
        class: "jam-consent dialog",
        "aria-labelledby": "jam-consent-title",
        cancel: () => room.take.answer(false),
      },
      h(
        "div",
        { class: "jam-consent__body" },
        this.#dialogTitle,
        this.#dialogText,
        h(
          "div",
          { class: "jam-buttons" },
          h(
            "button",
            { class: "button", type: "button", click: () => room.take.answer(false) },
            words.record.notNow,
          ),
          this.#agree,
        ),
      ),
    );
    this.update();
  }

  update(): void {
    const { recording } = this.room.take;
    const state = recording?.state ?? null;
    this.element.dataset["state"] = state ?? "none";
    this.#consent();
    const idle = state === null || state === "ready" || state === "declined" || state === "failed";
    const on = state === "recording";
    show(this.#ask, idle && this.room.hosting.seat.rights.record);
    this.#ask.disabled = this.room.socketState !== "open";
    show(this.#about, idle || state === "asking");
    show(this.#stop, on && recording?.answer === "yes");
    show(this.#join, this.room.take.mayJoin);
    text(this.#ended, recording ? ending(recording.ending) : "");
    show(this.#ended, this.#ended.textContent !== "" && state !== "ready" && state !== "failed");
    const page = recording && state === "ready" ? ownPage(recording.url) : null;
    show(this.#link, page !== null);
    if (page) this.#link.href = page;
    text(this.#status, recording ? this.#sentence(recording) : "");
    show(this.#status, recording !== null);
    text(this.#names, on && recording ? this.#who(recording) : "");
    show(this.#names, on);
    show(this.#memory, this.room.take.storage === "memory" && (on || state === "uploading"));
    this.#progress(recording);
    const { lost } = this.room.take;
    const gap = lost !== null && lost.recording === recording?.id;
    if (gap) text(this.#lost, fill(words.record.lost, { seconds: (Math.ceil(lost.ms / 100) / 10).toFixed(1) }));
    show(this.#lost, gap);
    this.tick();
  }

  #consent(): void {
    const { recording, asked } = this.room.take;
    if (asked && recording) {
      const late = recording.state === "recording";
      const { dialogTitle, dialogText, lateTitle, lateText, lateAgree, agree } = words.record;
      text(this.#dialogTitle, fill(late ? lateTitle : dialogTitle, { name: this.room.shownName(recording.by) }));
      text(this.#dialogText, fill(late ? lateText : dialogText, { names: list(this.#shown(recording.agreed)) }));
      text(this.#agree, late ? lateAgree : agree);
      if (!this.dialog.open) {
        this.dialog.showModal();
        // Not on a button: a key meant for something else must not agree.
        this.#dialogTitle.focus();
      }
    } else if (this.dialog.open) this.dialog.close();
  }

  #sentence(recording: Recording): string {
    switch (recording.state) {
      case "asking": {
        const names = list(this.#shown(recording.waiting));
        return fill(this.room.take.answered.has(recording.id) ? words.record.answered : words.record.asking, { names });
      }
      case "recording": {
        const now = this.room.clock.now();
        const soon = recording.starts_at !== null && now !== null && now < recording.starts_at;
        if (recording.answer !== "yes") return words.record.running;
        return soon ? words.record.soon : words.record.on;
      }
      case "uploading":
        return this.room.take.upload?.state === "stored" ? words.record.others : "";
      case "processing":
        return words.record.processing;
      case "ready":
        return words.record.readyText;
      case "declined":
        return words.record.declined;
      case "failed":
        return words.record.failed;
    }
  }

  #shown(names: readonly string[]): string[] {
    return names.map((name) => this.room.shownName(name));
  }

  /** Whose sound is really being captured, by what their browsers say. */
  #who(recording: Recording): string {
    const { room } = this;
    const people = [...room.captured, ...(room.take.captures ? [room.settings.name] : [])].sort();
    const names = people.length > 0 ? fill(words.record.agreed, { names: list(this.#shown(people)) }) : "";
    if (room.take.captures || room.take.asked) return names;
    const lead = room.clock.now() === null || (room.clock.now() ?? 0) < (recording.starts_at ?? 0) + SETTLING_MS;
    if (recording.answer === "yes" && recording.stem !== null && lead) return names;
    const me = recording.answer === "yes" ? words.record.notMeAnyMore : words.record.notMe;
    return `${names} ${me}`.trim();
  }

  #progress(recording: Recording | null): void {
    const { upload } = this.room.take;
    const mine = recording !== null && upload?.recording === recording.id ? upload : null;
    show(this.#upload, mine !== null);
    show(this.#bar, mine?.state === "sending" && mine.total !== null);
    show(this.#save, mine?.state === "kept" || mine?.state === "gone");
    if (!mine) return;
    text(this.#upload, uploadSentence(mine));
    if (mine.total !== null) {
      this.#bar.max = mine.total;
      this.#bar.value = mine.sent;
    }
  }

  #saveStem(): void {
    const { upload } = this.room.take;
    if (upload) void this.room.take.save(upload.stem);
  }

  /** Twice a second: the running length. */
  tick(): void {
    const { clock, take: { recording } } = this.room;
    const now = clock.now();
    const from = recording?.starts_at ?? null;
    const on = recording?.state === "recording" && now !== null && from !== null;
    show(this.#time, on);
    if (!on) return;
    const seconds = Math.max(0, Math.floor((now - from) / 1000));
    text(this.#time, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    if (recording) text(this.#status, this.#sentence(recording));
  }
}

function ending(why: Ending): string {
  switch (why) {
    case "limit":
      return words.record.endedLimit;
    case "empty":
      return words.record.endedEmpty;
    case "closed":
      return words.record.endedClosed;
    case "apart":
      return words.record.endedApart;
    default:
      return "";
  }
}
