// Menus and pickers are <details data-fold>: they work without scripts; with them they also close on
// Escape (focus returns), on a click elsewhere and when another one opens.
const FOLD = "details[data-fold]";

function openFolds(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>(`${FOLD}[open]`)];
}

export function startFolds(): void {
  document.addEventListener("click", (event) => {
    const target = event.target;
    for (const fold of openFolds()) {
      if (!(target instanceof Node && fold.contains(target))) fold.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
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
  document.addEventListener("focusin", (event) => {
    for (const fold of openFolds()) {
      if (event.target instanceof Node && !fold.contains(event.target)) fold.open = false;
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
