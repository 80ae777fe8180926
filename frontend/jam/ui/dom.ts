// Small helpers for building the page without templates or inline styles (the policy forbids them).

type Attributes = Record<string, string | number | boolean | null | ((event: never) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A control that has an id, under its label. */
export function field(label: string, control: HTMLElement, ...more: HTMLElement[]): HTMLElement {
  return h("div", { class: "field" }, h("label", { class: "field__label", for: control.id }, label), control, ...more);
}

/** Sets only what differs, so that nothing is announced or laid out again without need. */
export function text(element: Element, value: string): void {
  if (element.textContent !== value) element.textContent = value;
}

export function show(element: HTMLElement, visible: boolean): void {
  if (element.hidden === visible) element.hidden = !visible;
}

let ids = 0;

export function uid(prefix: string): string {
  ids += 1;
  return `${prefix}-${ids}`;
}
