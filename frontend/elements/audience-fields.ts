// An audience picker inside a bigger form shows the chosen word on its button at once.
export function startAudienceFields(): void {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "radio") return;
    const picker = input.closest("[data-audience-field]");
    const word = input.closest(".choice")?.querySelector(".choice__word");
    const now = picker?.querySelector("[data-audience-now]");
    if (word && now) now.replaceChildren(...[...word.childNodes].map((node) => node.cloneNode(true)));
  });
}
