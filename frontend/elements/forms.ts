// Small help for forms: a sent form shows that it is busy and can't be sent twice; a chosen photo is
// shown before it is sent; a copy button copies.
import { toast } from "./toasts";
import { say } from "./words";

function busy(form: HTMLFormElement, submitter: HTMLElement | null, on: boolean): void {
  const button = submitter ?? form.querySelector<HTMLElement>("button[type=submit], button:not([type])");
  if (!button) return;
  if (on) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

function showPhoto(input: HTMLInputElement): void {
  const file = input.files?.[0];
  const frame = input.closest(".field")?.querySelector<HTMLElement>(".avatar");
  if (!file || !frame || !file.type.startsWith("image/")) return;
  const image = document.createElement("img");
  image.alt = "";
  // Of a kind that this browser can't draw (HEIC): the frame stays as it was.
  image.addEventListener("load", () => {
    frame.replaceChildren(image);
    URL.revokeObjectURL(image.src);
  }, { once: true });
  image.addEventListener("error", () => URL.revokeObjectURL(image.src), { once: true });
  image.src = URL.createObjectURL(file);
}

/** What was chosen before a form came back goes into its file input again: it can be changed there as usual. */
function putBack(kept: HTMLElement): void {
  const input = document.getElementById(kept.dataset.kept ?? "");
  const [data, name] = kept.querySelectorAll("input");
  if (!(input instanceof HTMLInputElement) || !data || !name) return;
  const bytes = Uint8Array.from(atob(data.value), (one) => one.charCodeAt(0));
  const chosen = new DataTransfer();
  chosen.items.add(new File([bytes], name.value, { type: "image/webp" }));
  input.files = chosen.files;
  for (const one of kept.querySelectorAll("input, label")) one.remove();
}

async function copy(button: HTMLElement): Promise<void> {
  const text = button.dataset.copy || document.querySelector<HTMLInputElement>(button.dataset.copyFrom ?? "")?.value;
  if (!text) return;
  try {
    await navigator.clipboard.writeText(text);
    toast(say("Copied."), "success");
  } catch {
    toast(say("Your browser did not allow copying. Select the text and copy it yourself."), "warning");
  }
}

export function startForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post") return;
    form.dataset.sent = "";
    busy(form, event.submitter, true);
  });
  document.querySelectorAll<HTMLElement>("[data-kept]").forEach(putBack);
  // Coming back with the back button: forms are free again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) free(form);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target instanceof HTMLFormElement) busy(event.target, null, true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement) free(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "file") showPhoto(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy], [data-copy-from]") : null;
    if (button) void copy(button);
  });
}

function free(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
}
