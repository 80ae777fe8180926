// Words that scripts say. A page may bring translations in
// <script type="application/json" id="words">{"Play": "Abspielen"}</script>; English is the key.
let translations: Record<string, string> | undefined;

function load(): Record<string, string> {
  const source = document.getElementById("words")?.textContent;
  try {
    return source ? (JSON.parse(source) as Record<string, string>) : {};
  } catch {
    return {};
  }
}

export function say(words: string, values: Record<string, string> = {}): string {
  translations ??= load();
  const text = translations[words] ?? words;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** 63 → "1:03", 3723 → "1:02:03". */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(s).padStart(2, "0");
  return h ? `${h}:${String(m).padStart(2, "0")}:${tail}` : `${m}:${tail}`;
}
