// What the hand did last: whether keys or a pointer (mouse, finger, pen) move the focus, and where the
// last press began. Listens in the capture phase, before whoever asks.
let keys = false;
let began: PointerEvent | null = null;
let started = false;

export function startPresses(): void {
  if (started) return;
  started = true;
  window.addEventListener("pointerdown", (event) => {
    keys = false;
    began = event;
  }, true);
  window.addEventListener("keydown", () => {
    keys = true;
    began = null;
  }, true);
}

export function usingKeys(): boolean {
  return keys;
}

/** The start of the press that led to this click; null for clicks that keys made. */
export function pressBegan(): { target: EventTarget | null; clientX: number; clientY: number } | null {
  return began;
}

/** Whether the press that led to this click began inside `element`. */
export function pressBeganIn(element: Element): boolean {
  return began?.target instanceof Node && element.contains(began.target);
}
