// What a list that is asked for again tells: pure functions, without a page.
const EVERY = 15_000;
const LONGEST = 120_000; // between two questions, where answers fail

export interface News {
  /** Keys of cards that the page hasn't got. */
  fresh: string[];
  /** Keys of cards that are in no list any more. */
  gone: string[];
}

/** What differs between the cards on the page and those of a whole answer. */
export function newsOf(here: readonly string[], there: readonly string[], whole: boolean): News {
  const [known, now] = [new Set(here), new Set(there)];
  return {
    fresh: there.filter((key) => !known.has(key)),
    // A list that goes on elsewhere may have moved its last ones to the next page.
    gone: whole ? here.filter((key) => !now.has(key)) : [],
  };
}

/** How long to wait after so many failures in a row. */
export function waitAfter(failures: number): number {
  return Math.min(LONGEST, EVERY * 2 ** failures);
}
