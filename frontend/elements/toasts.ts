// Short words at the edge of the screen. The stack (#toasts, aria-live) is in every page; Django's
// messages arrive in it as HTML, scripts add to it with toast().
import { icon } from "./icons";
import { say } from "./words";

type Kind = "info" | "success" | "warning" | "error";
const STAYS_MS = 7000;

export function toast(words: string, kind: Kind = "info"): void {
  const stack = document.getElementById("toasts");
  if (!stack) return;
  const box = document.createElement("div");
  box.className = `toast toast--${kind}`;
  const text = document.createElement("p");
  text.className = "toast__text";
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--icon button--small toast__close";
  close.setAttribute("aria-label", say("Close"));
  close.append(icon("close"));
  box.append(text, close);
  stack.append(box);
}

/** Good news leaves by itself; what went wrong stays until it is read and closed. */
function leave(box: HTMLElement): void {
  if (box.matches(".toast--error, .toast--warning")) return;
  const go = () => {
    if (box.matches(":hover, :focus-within")) window.setTimeout(go, STAYS_MS);
    else box.remove();
  };
  window.setTimeout(go, STAYS_MS);
}

export function startToasts(): void {
  const stack = document.getElementById("toasts");
  stack?.querySelectorAll<HTMLElement>(".toast").forEach(leave);
  // Also what scripts add, and what comes with an HTMX answer.
  const come = (nodes: NodeList) =>
    nodes.forEach((node) => node instanceof HTMLElement && node.matches(".toast") && leave(node));
  if (stack) {
    new MutationObserver((changes) => changes.forEach((one) => come(one.addedNodes))).observe(stack, {
      childList: true,
    });
  }
  stack?.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".toast__close")) {
      event.target.closest(".toast")?.remove();
    }
  });
  document.addEventListener("htmx:sendError", () =>
    toast(say("No connection. Nothing was changed; try again in a moment."), "error"),
  );
  document.addEventListener("htmx:responseError", (event) => {
    const status = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status;
    if (status === 429) toast(say("That was a lot at once. Wait a moment, then try again."), "warning");
    else if (status === 404 || status === 410) toast(say("That is no longer here."), "warning");
    else toast(say("That did not work. Nothing was changed."), "error");
  });
  // The server may send words with any HTMX answer: HX-Trigger: {"toast": {"text": …, "kind": …}}
  document.addEventListener("toast", (event) => {
    const { text, kind } = (event as CustomEvent<{ text?: string; kind?: Kind }>).detail;
    if (text) toast(text, kind);
  });
}
