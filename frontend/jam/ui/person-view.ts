// Somebody in the room: photo or letters, name, and what they play.
import { h } from "./dom";

export interface Person {
  name: string;
  shown?: string;
  photo?: string;
  instrument?: string;
}

/** `title` is what stands as the name: "Nils Ø", "Nils Ø (you)". */
export function personView(person: Person, title: string): HTMLElement {
  const { name, shown, photo, instrument } = person;
  return h(
    "div",
    { class: "person" },
    h(
      "span",
      { class: "avatar", "data-tone": name.slice(-1).toLowerCase(), "aria-hidden": "true" },
      photo ? h("img", { src: photo, alt: "", decoding: "async" }) : (shown || name).slice(0, 2),
    ),
    h(
      "div",
      { class: "person__text" },
      h("h2", { dir: "auto" }, title),
      instrument ? h("span", { class: "person__more" }, instrument) : null,
    ),
  );
}
