// How one hears the others all together: their volume, and what counts more, delay or gaps.
import type { Buffering } from "../engine/jitter";
import type { Room } from "../room";
import { words } from "../words";
import { field, h, text, uid } from "./dom";

const CHOICES: readonly Buffering[] = ["tight", "balanced", "stable"];

export class ListeningFields {
  readonly element: HTMLElement;

  constructor(room: Room) {
    const volume = uid("jam-volume");
    const buffering = uid("jam-buffering");
    const now = room.listening;
    const slider = h("input", {
      id: volume, type: "range", min: 0, max: 150, step: 1, value: Math.round(now.volume * 100),
      input: () => (room.listening = { ...room.listening, volume: Number(slider.value) / 100 }),
    });
    const hint = h("p", { class: "jam-soft", id: `${buffering}-hint` }, words.room.bufferingHints[now.buffering]);
    const select = h(
      "select",
      {
        id: buffering,
        "aria-describedby": hint.id,
        change: () => {
          const chosen = select.value as Buffering;
          room.listening = { ...room.listening, buffering: chosen };
          text(hint, words.room.bufferingHints[chosen]);
        },
      },
      ...CHOICES.map((choice) => h("option", { value: choice }, words.room.bufferings[choice])),
    );
    select.value = now.buffering;
    const slide = (key: "monitor" | "reverb", most: number): HTMLInputElement => {
      const input = h("input", {
        id: uid(`jam-${key}`), type: "range", min: 0, max: most, step: 1, value: Math.round(now[key] * 100),
        input: () => (room.listening = { ...room.listening, [key]: Number(input.value) / 100 }),
      });
      return input;
    };
    const soft = (said: string): HTMLElement => h("p", { class: "jam-soft" }, said);
    const tick = (key: "match" | "lowCut", label: string, said: string): HTMLElement => {
      const id = uid(`jam-${key}`);
      const box = h("input", {
        id, type: "checkbox", checked: now[key], "aria-describedby": `${id}-hint`,
        change: () => (room.listening = { ...room.listening, [key]: box.checked }),
      });
      return h(
        "div",
        {},
        h("p", { class: "jam-check-line" }, box, h("label", { for: id }, label)),
        h("p", { class: "jam-soft", id: `${id}-hint` }, said),
      );
    };
    const plays = room.mode !== "listen";
    this.element = h(
      "div",
      { class: "jam-fields" },
      plays ? field(words.room.monitor, slide("monitor", 150), soft(words.room.monitorHint)) : null,
      field(words.room.reverb, slide("reverb", 100)),
      plays ? tick("match", words.room.match, words.room.matchHint) : null,
      plays ? tick("lowCut", words.room.lowCut, words.room.lowCutHint) : null,
      field(words.room.everybody, slider),
      field(words.room.buffering, select, hint),
    );
  }
}
