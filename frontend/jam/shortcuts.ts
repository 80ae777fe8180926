// Single keys for what is needed with an instrument in one's hands. They can be switched off: who speaks to
// their machine, or has a key under an elbow, must not mute themselves (WCAG 2.2, 2.1.4).

export type Does = Readonly<Record<string, () => void>>;

const KEPT = "jam-keys";

/** Whether keys are on, on this device. */
export function keysOn(): boolean {
  return localStorage.getItem(KEPT) !== "0";
}

export function switchKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? "1" : "0");
}

/** Does what a key stands for; returns how to end that. */
export function shortcuts(does: Does): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !keysOn()) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const action = does[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
