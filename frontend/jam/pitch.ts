// Which note a frequency is, and by how many cents it is off.

const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B"];
/** MIDI number of A4. */
const A4 = 69;
export const USUAL_A4 = 440;
export const LOWEST_A4 = 415;
export const HIGHEST_A4 = 466;
/** Within so many cents nobody hears that it is off. */
export const IN_TUNE = 5;

export interface Note {
  name: string;
  octave: number;
  /** −50 to 50; negative is flat */
  cents: number;
}

/** The nearest note of equal temperament; `a4`: Hz of the A above middle C. */
export function noteOf(hertz: number, a4: number = USUAL_A4): Note | null {
  if (!(hertz > 0) || !Number.isFinite(hertz)) return null;
  const exact = A4 + 12 * Math.log2(hertz / a4);
  const number = Math.round(exact);
  return {
    name: NAMES[((number % 12) + 12) % 12]!,
    octave: Math.floor(number / 12) - 1,
    cents: Math.round(100 * (exact - number)),
  };
}
