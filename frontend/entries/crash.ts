// Reports faults of our own scripts to our own server. Loaded only for who agreed to it; the server
// asks again, and takes out whatever could be about a person (privacy/telemetry/crashes.py).
const MOST = 5; // a page
const url = document.querySelector<HTMLElement>("script[data-crash-url]")?.dataset["crashUrl"];
const told = new Set<string>();

function report(fault: unknown): void {
  if (!url || told.size >= MOST) return;
  const error = fault instanceof Error ? fault : null;
  const body = JSON.stringify({
    name: (error?.name ?? "Error").slice(0, 60),
    message: (error?.message ?? "").slice(0, 1000),
    stack: (error?.stack ?? "").slice(0, 4000),
    page: location.pathname.slice(0, 300),
  });
  if (told.has(body)) return;
  told.add(body);
  fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    keepalive: true,
    credentials: "same-origin",
  }).catch(() => {
    // No connection: a report is not worth a second try.
  });
}

window.addEventListener("error", (event) => report(event.error));
window.addEventListener("unhandledrejection", (event) => report(event.reason));
