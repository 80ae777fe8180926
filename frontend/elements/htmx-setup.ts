// HTMX under a strict content policy: no injected styles, no eval, only our own host.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.scrollBehavior = "auto";
// Each control says all that holds for it: a link inside a form takes nothing over from the form (its
// hx-select would throw away the link's own answer). What is meant for several says hx-inherit.
htmx.config.disableInheritance = true;
// A form with mistakes comes back as 422 (or 400) with the words to show.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true, error: false },
  { code: "[45]..", swap: false, error: true },
];

function csrfToken(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  const cookie = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return meta || (cookie && decodeURIComponent(cookie));
}

document.addEventListener("htmx:configRequest", (event) => {
  const detail = (event as CustomEvent<{ verb: string; headers: Record<string, string> }>).detail;
  const token = csrfToken();
  if (detail.verb !== "get" && token) detail.headers["X-CSRFToken"] = token;
});

export { htmx };
