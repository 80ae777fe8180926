// <button data-dialog="id"> opens <dialog id>; inside it <button data-dialog-close> closes, and so does a
// press on the backdrop. The button's own href or form still works without scripts when it is a link.
import { pressBegan, startPresses } from "./presses";

export function startDialogs(): void {
  startPresses();
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>("[data-dialog]");
    const dialog = opener ? document.getElementById(opener.dataset.dialog ?? "") : null;
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      if (!dialog.open) dialog.showModal();
      return;
    }
    if (event.target.closest("[data-dialog-close]")) {
      event.target.closest("dialog")?.close();
    } else if (event.target instanceof HTMLDialogElement) {
      // The backdrop counts as the dialog itself, and as where a press ends that left the dialog: only
      // what also began on it was meant for it.
      const box = event.target.getBoundingClientRect();
      if (outside(box, event) && outside(box, pressBegan())) event.target.close();
    }
  });
}

function outside(box: DOMRect, at: { clientX: number; clientY: number } | null): boolean {
  if (!at) return false;
  return at.clientX < box.left || at.clientX > box.right || at.clientY < box.top || at.clientY > box.bottom;
}
