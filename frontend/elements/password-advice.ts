// Advice beside a new password: <p data-password-advice data-script="…" role="status">. It refuses
// nothing; what is too weak to take, the server says.
import type { Judged } from "../entries/password-strength";
import { say } from "./words";

type Strength = (password: string, known: string[]) => Judged;

const WORDS = [
  "Guessed at once.",
  "Guessed soon.",
  "Stands for a while. One more word helps.",
  "Good.",
  "Very good.",
];
const WAIT = 400; // ms without a key: a live region that speaks with every key helps nobody

export function startPasswordAdvice(): void {
  // A field may hold the focus before this is loaded, or words before it has the focus.
  for (const kind of ["focusin", "input"]) {
    document.addEventListener(kind, (event) => consider(event.target));
  }
  consider(document.activeElement);
}

function consider(field: EventTarget | null): void {
  if (!(field instanceof HTMLInputElement) || field.autocomplete !== "new-password") return;
  const place = field.form?.querySelector<HTMLElement>("[data-password-advice]");
  if (!place || place.dataset.started !== undefined) return;
  place.dataset.started = "";
  void start(field, place);
}

async function start(field: HTMLInputElement, place: HTMLElement): Promise<void> {
  const address = place.dataset.script ?? "";
  const { strength } = (await import(address)) as { strength: Strength };
  let timer = 0;
  const judge = (): void => {
    const password = field.value;
    if (!password) {
      place.textContent = "";
      return;
    }
    const known = [...(field.form?.querySelectorAll<HTMLInputElement>("input[name=email], input[name=username]") ?? [])];
    const { score, advice } = strength(password, known.map((one) => one.value).filter(Boolean));
    const words = say(WORDS[score] ?? "");
    place.textContent = advice && score < 3 ? `${words} ${advice}` : words;
    place.dataset.score = String(score);
  };
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(judge, WAIT);
  });
  judge();
}
