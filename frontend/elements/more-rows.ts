// Lists of rows in a form: one more empty row at once. Without scripts the button asks the server.
export function startMoreRows(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-more-rows]") : null;
    const list = button?.closest("[data-grows]");
    if (!button || !list) return;
    event.preventDefault();
    const rows = list.querySelectorAll<HTMLElement>("[data-row]");
    const last = rows[rows.length - 1];
    if (!last) return;
    const row = emptied(last, rows.length + 1);
    last.after(row);
    row.querySelector<HTMLElement>("input, select")?.focus();
    button.disabled = rows.length + 1 >= Number((list as HTMLElement).dataset.grows);
  });
}

// A copy of a row that holds nothing, counted on in its names.
function emptied(row: HTMLElement, number: number): HTMLElement {
  const copy = row.cloneNode(true) as HTMLElement;
  for (const control of copy.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
    if (control instanceof HTMLSelectElement) control.selectedIndex = 0;
    else control.value = "";
    control.id = control.id.replace(/\d+$/, String(number));
    control.setAttribute("aria-label", (control.getAttribute("aria-label") ?? "").replace(/\d+(?!.*\d)/, String(number)));
  }
  return copy;
}
