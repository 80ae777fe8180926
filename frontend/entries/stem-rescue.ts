// Finishes, on any page, the uploads of stems that a closed or crashed room left behind.
//
//   <script type="module" src="stem-rescue.js" data-stem-rescue data-stems="/api/v1/stems/"
//           data-worker-store="…/jam-store.worker.js" data-csrf-cookie="csrftoken"></script>
//
// Reports by `jamsite:stem-progress` events on window (detail: Progress of recorder/uploader.ts).
// Does nothing where a <jam-room> is on the page: the room does it itself.
import { StemStore } from "../jam/recorder/store-client";

async function leftBehind(): Promise<boolean> {
  try {
    const root = await navigator.storage.getDirectory();
    const home = await root.getDirectoryHandle("stems");
    const names = (home as unknown as { keys(): AsyncIterable<string> }).keys();
    for await (const name of names) if (name.endsWith(".pcm")) return true;
  } catch {
    // no private file system, or never recorded here
  }
  return false;
}

const script = document.querySelector<HTMLScriptElement>("script[data-stem-rescue]");
const worker = script?.dataset["workerStore"];
if (script && worker && !document.querySelector("jam-room")) {
  const begin = async (): Promise<void> => {
    if (!(await leftBehind())) return; // most pages: no worker at all
    const store = new StemStore({
      worker,
      stems: script.dataset["stems"] ?? "/api/v1/stems/",
      csrfCookie: script.dataset["csrfCookie"] ?? "csrftoken",
    });
    store.resume();
  };
  if (document.readyState === "complete") void begin();
  else addEventListener("load", () => void begin(), { once: true });
}
