// How long a password would stand, and one sentence of advice. Loaded when somebody is about to choose
// one, never before: its word lists are large. Nothing leaves the browser.
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as english from "@zxcvbn-ts/language-en";

const judge = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
});

export interface Judged {
  score: number; // 0 to 4
  advice: string;
}

export function strength(password: string, known: string[]): Judged {
  const found = judge.check(password.slice(0, 100), known);
  return { score: found.score, advice: found.feedback.warning ?? found.feedback.suggestions[0] ?? "" };
}
