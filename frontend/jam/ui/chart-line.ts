// A line of a chart as it is read: chords above the words, bars between strokes.
import { readLine, transposed } from "../sheets/charts";
import { h } from "./dom";

export interface Transposition {
  semitones: number;
  flats: boolean;
}

export function chartLine(line: string, { semitones, flats }: Transposition): HTMLElement {
  const read = readLine(line);
  const chord = (name: string): string => transposed(name, semitones, flats);
  switch (read.kind) {
    case "part":
      return h("p", { class: "chart__name", dir: "auto" }, read.name);
    case "bars":
      return h(
        "p",
        { class: "chart__bars" },
        ...read.bars.map((bar) => h("span", { class: "chart__bar" }, bar.map(chord).join(" ") || " ")),
      );
    case "words":
      if (read.parts.every(([name]) => name === "")) return h("p", { class: "chart__words", dir: "auto" }, line || " ");
      return h(
        "p",
        { class: "chart__words chart__words--chords", dir: "auto" },
        ...read.parts.map(([name, words]) =>
          h("span", { class: "chart__part" }, h("b", { class: "chart__chord", dir: "ltr" }, name ? chord(name) : " "), h("span", {}, words || " ")),
        ),
      );
  }
}
