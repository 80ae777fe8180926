// Menus and pickers are <details data-fold>: they work without scripts; with them they also close on
// Escape (focus returns), on a click elsewhere, when another one opens and when Tab leads out of them.
import { pressBeganIn, startPresses, usingKeys } from "./presses";

const FOLD = "details[data-fold]";

function openFolds(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>(`${FOLD}[open]`)];
}

export function startFolds(): void {
  startPresses();
  document.addEventListener("click", (event) => {
    const target = event.target;
    for (const fold of openFolds()) {
      // A press that began inside and ended outside (words being selected) is no click elsewhere.
      if (!(target instanceof Node && fold.contains(target)) && !pressBeganIn(fold)) fold.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    for (const fold of openFolds()) {
      const inside = fold.contains(document.activeElement);
      fold.open = false;
      if (inside) fold.querySelector("summary")?.focus();
    }
  });
  // A picker that was swapped for its new state keeps the focus.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof HTMLDetailsElement && document.activeElement === document.body) {
      event.target.querySelector("summary")?.focus();
    }
  });
  // Focus closes by keys alone. A pointer moves it too, and while it is down: to the nearest thing around
  // that can have it, which is <main> when a label's words are pressed. What closes or moves then takes the
  // page away under the pointer; the click that follows decides.
  document.addEventListener("focusin", (event) => {
    if (!usingKeys()) return;
    for (const fold of openFolds()) {
      const to = event.target;
      if (to instanceof Node && !fold.contains(to) && !to.contains(fold)) fold.open = false;
    }
  });
  document.addEventListener("click", (event) => {
    const close = event.target instanceof Element ? event.target.closest("[data-fold-close]") : null;
    const fold = close?.closest<HTMLDetailsElement>(FOLD);
    if (!fold) return;
    fold.open = false;
    fold.querySelector("summary")?.focus();
  });
}
