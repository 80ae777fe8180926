// Runs before the first paint, as a classic script: sets the theme so that nothing flashes, and says
// that scripts work.
{
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    let chosen: string | null = null;
    try {
      chosen = localStorage.getItem("jamsite.theme");
    } catch {
      // Storage may be closed; then the system decides.
    }
    root.dataset["theme"] =
      chosen === "dark" || chosen === "light" ? chosen : system.matches ? "dark" : "light";
  };
  root.classList.add("has-scripts");
  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
}
