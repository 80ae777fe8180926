// The panel about listeners: whether there may be any, the question whether they hear oneself, who sends,
// the master mix for hosts, and reactions as they come.
import type { Room } from "../room";
import { Stream } from "../stream/stream";
import type { Reaction, StreamInfo } from "../stream/protocol";
import { streamWords as words } from "../stream/words";
import { fill, list } from "../words";
import { h, show, text, uid } from "./dom";

const SHOWN_MS = 4000;
const MOST_SHOWN = 8;

interface Person {
  user: string;
  name: string;
}

export class StreamView {
  readonly element: HTMLElement;
  readonly #allow: HTMLInputElement;
  readonly #allowLine: HTMLElement;
  readonly #state = h("p", { class: "jam-stream__state", role: "status" });
  readonly #detail = h("p", { class: "jam-soft" });
  readonly #question: HTMLElement;
  readonly #answered: HTMLElement;
  readonly #said = h("span", {});
  readonly #change: HTMLButtonElement;
  readonly #start: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #unable = h("p", { class: "jam-soft", hidden: true }, words.unable);
  readonly #page: HTMLAnchorElement;
  readonly #reactions = h("p", { class: "jam-stream__reactions", "aria-hidden": "true" });
  readonly #mix: HTMLElement;
  readonly #rows = h(
    "ul", { class: "jam-stream__rows" },
    h("li", { class: "jam-stream__row jam-soft", "aria-hidden": "true" }, h("span", {}), h("span", {}, words.columns.volume), h("span", {}, words.columns.pan), h("span", {}, words.columns.mute)),
  );
  readonly #drawn = new Map<string, MixRow>();
  #able = true;

  constructor(readonly room: Room) {
    const { stream } = room;
    const [title, allow, hint] = [uid("jam-stream"), uid("jam-allow"), uid("jam-allow-hint")];
    const button = (label: string, kind: string, click: () => void): HTMLButtonElement =>
      h("button", { class: `button button--small ${kind}`, type: "button", click }, label);
    this.#allow = h("input", {
      id: allow, type: "checkbox", "aria-describedby": hint, change: () => stream.allow(this.#allow.checked),
    });
    this.#allowLine = h(
      "div",
      {},
      h("p", { class: "jam-check-line" }, this.#allow, h("label", { for: allow }, words.allow)),
      h("p", { id: hint, class: "jam-soft" }, words.allowHint),
    );
    this.#question = h(
      "div",
      { class: "jam-stream__question", hidden: true },
      h("p", {}, h("strong", {}, words.ask)),
      h("p", { class: "jam-soft" }, words.askHint),
      h("div", { class: "jam-door__tools" },
        button(words.yes, "", () => stream.answer(true)), button(words.no, "button--quiet", () => stream.answer(false))),
    );
    this.#change = button("", "button--quiet", () => stream.answer(stream.info?.yours !== true));
    this.#answered = h("p", { class: "jam-stream__answer", hidden: true }, this.#said, " ", this.#change);
    this.#start = button(words.start, "button--primary", () => stream.start());
    this.#stop = button(words.stop, "", () => stream.end());
    this.#page = h("a", { href: "#", target: "_blank", rel: "noopener" }, words.page);
    this.#mix = h(
      "details", { hidden: true }, h("summary", {}, words.mix), h("p", { class: "jam-soft" }, words.mixHint), this.#rows,
    );
    this.element = h(
      "section",
      { class: "jam-stream card", "aria-labelledby": title, hidden: true },
      h("h2", { id: title }, words.title),
      this.#allowLine,
      this.#state,
      this.#reactions,
      this.#detail,
      h("div", { role: "status" }, this.#question),
      this.#answered,
      this.#unable,
      h("div", { class: "jam-door__tools" }, this.#start, this.#stop),
      this.#mix,
      h("p", { class: "jam-soft" }, this.#page),
    );
    stream.onReaction = (kind) => this.#react(kind);
    void Stream.able().then((able) => {
      this.#able = able;
      this.update();
    });
  }

  update(): void {
    const { stream } = this.room;
    const { info } = stream;
    stream.apply();
    const host = this.room.hosting.seat.role !== "player";
    show(this.element, info?.public === true && (host || info.allowed));
    if (!info) return;
    show(this.#allowLine, host);
    if (this.#allow.checked !== info.allowed) this.#allow.checked = info.allowed;
    this.#updateState(info);
    const asked = info.allowed && info.asked;
    show(this.#question, asked && info.yours === null);
    show(this.#answered, asked && info.yours !== null);
    text(this.#said, info.yours ? words.heard : words.unheard);
    text(this.#change, info.yours ? words.takeBack : words.letHear);
    const willing = info.allowed && info.yours === true && !info.on;
    show(this.#start, willing && this.#able && this.#waiting(info).length === 0);
    show(this.#unable, willing && !this.#able);
    show(this.#stop, info.on && (host || info.voices.includes(info.me)));
    if (this.#page.getAttribute("href") !== info.page) this.#page.href = info.page;
    show(this.#page, info.allowed);
    show(this.#mix, host && info.allowed);
    if (host) this.#updateMix(info);
  }

  #updateState(info: StreamInfo): void {
    show(this.#state, info.allowed);
    show(this.#detail, info.allowed);
    text(this.#state, info.on ? `${words.on} · ${fill(words.count, { n: info.listeners })}` : words.off);
    this.#state.dataset["state"] = info.on ? "on" : "off";
    const names = this.#people(info).filter(({ user }) => info.voices.includes(user)).map(({ name }) => name);
    const sender = this.#people(info).find(({ user }) => user === info.sender)?.name;
    const waiting = this.#waiting(info);
    const lines = info.on
      ? [
          names.length ? fill(words.hearsWhom, { names: list(names) }) : "",
          this.room.stream.sending ? words.sentHere : sender ? fill(words.sentBy, { name: sender }) : "",
        ]
      : [info.yours === true && waiting.length ? fill(words.waitsFor, { names: list(waiting) }) : ""];
    text(this.#detail, lines.filter(Boolean).join(" "));
  }

  /** Everybody here, oneself first. */
  #people(info: StreamInfo): Person[] {
    const others = [...this.room.players].map(({ info: { user, shown, name } }) => ({ user, name: shown || name }));
    return [{ user: info.me, name: words.you }, ...others];
  }

  /** Names of those here who haven't agreed. */
  #waiting(info: StreamInfo): string[] {
    const people = this.#people(info).filter(({ user }) => user !== info.me && !info.agreed.includes(user));
    return people.map(({ name }) => name);
  }

  #updateMix(info: StreamInfo): void {
    const people = this.#people(info);
    for (const [user, row] of this.#drawn) {
      if (people.some((person) => person.user === user)) continue;
      row.element.remove();
      this.#drawn.delete(user);
    }
    for (const { user, name } of people) {
      let row = this.#drawn.get(user);
      if (!row) {
        row = new MixRow(this.room.stream, user, name);
        this.#drawn.set(user, row);
        this.#rows.append(row.element);
      }
      row.update();
    }
  }

  #react(kind: Reaction): void {
    const mark = h("span", { class: "jam-stream__reaction" }, words.reactions[kind] ?? "");
    this.#reactions.append(mark);
    if (this.#reactions.childElementCount > MOST_SHOWN) this.#reactions.firstElementChild?.remove();
    setTimeout(() => mark.remove(), SHOWN_MS);
  }
}

/** How listeners hear one person. */
class MixRow {
  readonly element: HTMLElement;
  readonly #volume: HTMLInputElement;
  readonly #pan: HTMLInputElement;
  readonly #mute: HTMLInputElement;

  constructor(readonly stream: Stream, readonly user: string, name: string) {
    const slider = (label: string, min: number, max: number, input: (value: number) => void): HTMLInputElement => {
      const field: HTMLInputElement = h("input", {
        type: "range", min, max, step: 0.05, "aria-label": label, change: () => input(field.valueAsNumber),
      });
      return field;
    };
    this.#volume = slider(fill(words.volume, { name }), 0, 1.5, (volume) => stream.change(user, { volume }));
    this.#pan = slider(fill(words.pan, { name }), -1, 1, (pan) => stream.change(user, { pan }));
    this.#mute = h("input", {
      type: "checkbox", "aria-label": fill(words.mute, { name }),
      change: () => stream.change(user, { muted: this.#mute.checked }),
    });
    this.element = h("li", { class: "jam-stream__row" }, h("span", { dir: "auto" }, name), this.#volume, this.#pan, this.#mute);
  }

  update(): void {
    const { volume, pan, muted } = this.stream.mixOf(this.user);
    for (const [field, value] of [[this.#volume, volume], [this.#pan, pan]] as const) {
      if (document.activeElement !== field && field.valueAsNumber !== value) field.value = String(value);
    }
    this.#mute.checked = muted;
  }
}
