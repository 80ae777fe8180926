// The button that turns the lights on or off. theme.ts has set data-theme before the first paint.
import { say } from "./words";

export function startThemeSwitch(): void {
  const root = document.documentElement;
  const buttons = document.querySelectorAll<HTMLButtonElement>(".theme-switch");
  const label = () => {
    const words = root.dataset.theme === "dark" ? say("Light theme") : say("Dark theme");
    for (const button of buttons) {
      button.setAttribute("aria-label", words);
      button.title = words;
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const next = root.dataset.theme === "dark" ? "light" : "dark";
      const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
      root.dataset.theme = next;
      // Choosing what the system wants anyway means: follow the system again.
      try {
        if (next === system) localStorage.removeItem("jamsite.theme");
        else localStorage.setItem("jamsite.theme", next);
      } catch {
        // Storage may be closed; the choice then holds for this page.
      }
      label();
    });
  }
  new MutationObserver(label).observe(root, { attributeFilter: ["data-theme"] });
  label();
}
