// A form that came back: what is wrong stands at its top ([data-faults], with a link to each field). The
// first wrong field is opened, brought into view and given the focus; so is each whose link is followed.
const FOCUSABLE = "[aria-invalid=true], input:checked, input:not([type=hidden]), select, textarea, summary, button";

export function startFaults(): void {
  first(document);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element) first(event.target);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("[data-faults] a") : null;
    if (link && show(link.hash.slice(1))) event.preventDefault();
  });
}

function first(part: ParentNode): void {
  const link = part.querySelector<HTMLAnchorElement>("[data-faults] a");
  if (link) show(link.hash.slice(1));
}

function show(id: string): boolean {
  const place = document.getElementById(id);
  if (!place) return false;
  // A fold's own button is what can be seen of it; what lies deeper needs the fold open.
  for (let fold = place.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) fold.open = true;
  const control = place.matches("input, select, textarea, button") ? place : place.querySelector<HTMLElement>(FOCUSABLE);
  const seen = control ?? place;
  seen.scrollIntoView({ block: "center" });
  seen.focus({ preventScroll: true });
  return true;
}
