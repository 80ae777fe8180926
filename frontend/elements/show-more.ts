// "Show more" grows a list in place; the focus goes on to the first new item instead of getting lost.
export function startShowMore(): void {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const button = event.target;
    if (!(button instanceof Element) || !button.matches(".button--more")) return;
    const list = document.querySelector(button.getAttribute("hx-target") ?? "");
    if (!list) return;
    const known = list.children.length;
    new MutationObserver((_, observer) => {
      observer.disconnect();
      list.children[known]?.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
    }).observe(list, { childList: true });
  });
}
