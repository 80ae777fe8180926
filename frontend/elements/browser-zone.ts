// <select data-browser-zone>: while no time zone was chosen, the browser's own stands there first. Nothing is
// sent before the person saves it.
export function startBrowserZone(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-browser-zone]")) {
    if (select.value) continue;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }
}
