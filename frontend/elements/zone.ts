// Forms by which people come in say the browser's time zone: the list of sign-ins shows it as a rough place.
export function startZones(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-zone]")) {
    input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }
}
