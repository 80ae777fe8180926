// Finishes, on any page, the uploads of stems that a closed or crashed room left behind; says so where one
// is not taken; and lists on the page of storage what lies on this machine.
//
//   <script type="module" src="stem-rescue.js" data-stem-rescue data-stems="/api/v1/stems/"
//           data-worker-store="…/jam-store.worker.js" data-csrf-cookie="csrftoken"></script>
//
// Reports by `jamsite:stem-progress` events on window (detail: Progress of recorder/uploader.ts).
// Does nothing where a <jam-room> is on the page: the room does it itself.
import { KeptStems } from "../jam/ui/kept-stems";
import { StemStore } from "../jam/recorder/store-client";
import type { Progress } from "../jam/recorder/uploader";
import { toast } from "../elements/toasts";
import { say } from "../elements/words";

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
const kept = document.getElementById("kept");

/** Once in a tab: which stems it has said this of. */
const SAID = "jamsite.kept-said";

function sayKept({ stem, state, detail }: Progress): void {
  if ((state !== "kept" && state !== "gone") || kept) return;
  const said = sessionStorage.getItem(SAID) ?? "";
  if (said.includes(stem)) return;
  sessionStorage.setItem(SAID, `${said} ${stem}`);
  const what = say("A take of yours could not be sent. It is kept on this machine: see Storage in your settings.");
  toast(detail ? `${what} ${detail}` : what, "warning");
}

if (script && worker && !document.querySelector("jam-room")) {
  const begin = async (): Promise<void> => {
    if (!(await leftBehind())) return; // most pages: no worker at all
    const view = kept ? new KeptStems(kept) : null;
    const store = new StemStore(
      {
        worker,
        stems: script.dataset["stems"] ?? "/api/v1/stems/",
        csrfCookie: script.dataset["csrfCookie"] ?? "csrftoken",
      },
      { list: (stems) => view?.show(stems) },
    );
    if (view) {
      view.use(store);
      store.list();
    }
    addEventListener("jamsite:stem-progress", (event) => {
      const { detail } = event as CustomEvent<Progress>;
      view?.progress(detail);
      sayKept(detail);
    });
    store.resume();
  };
  if (document.readyState === "complete") void begin();
  else addEventListener("load", () => void begin(), { once: true });
}
