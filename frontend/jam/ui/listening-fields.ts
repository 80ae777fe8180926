// How one hears the others all together: their volume, and what counts more, delay or gaps.
import type { Buffering } from "../engine/jitter";
import type { Room } from "../room";
import { words } from "../words";
import { h, text, uid } from "./dom";

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
    this.element = h(
      "div",
      { class: "jam-fields" },
      h("div", { class: "field" }, h("label", { class: "field__label", for: volume }, words.room.everybody), slider),
      h("div", { class: "field" }, h("label", { class: "field__label", for: buffering }, words.room.buffering), select, hint),
    );
  }
}
