// An audience picker inside a bigger form shows the chosen word on its button at once; a form that opens
// something says beside its button who will find it.
export function startAudienceFields(): void {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "radio") return;
    const picker = input.closest("[data-audience-field]");
    const word = input.closest(".choice")?.querySelector(".choice__word");
    const now = picker?.querySelector("[data-audience-now]");
    if (word && now) copy(word, now);
    if (input.name !== "audience") return;
    const hint = input.closest(".choice")?.querySelector(".choice__hint");
    const found = input.form?.querySelector("[data-found-word]");
    const says = input.form?.querySelector("[data-found-says]");
    if (word && hint && found && says) {
      copy(word, found);
      copy(hint, says);
    }
  });
}

function copy(from: Element, to: Element): void {
  to.replaceChildren(...[...from.childNodes].map((node) => node.cloneNode(true)));
}
