// The list of takes that lie on this machine, on the page of storage.
import { saveFile } from "../recorder/save-file";
import type { StemStore } from "../recorder/store-client";
import type { Kept } from "../recorder/store-worker";
import type { Progress } from "../recorder/uploader";
import { fill } from "../words";
import { h, text } from "./dom";
import { uploadSentence } from "./upload-sentence";

export class KeptStems {
  readonly #list: HTMLElement;
  readonly #states = new Map<string, HTMLElement>();
  #store: StemStore | null = null;

  /** `section` has the words in its data attributes. */
  constructor(readonly section: HTMLElement) {
    this.#list = section.querySelector("ul")!;
  }

  use(store: StemStore): void {
    this.#store = store;
  }

  show(stems: readonly Kept[]): void {
    this.section.hidden = stems.length === 0;
    this.#states.clear();
    this.#list.replaceChildren(...stems.map((one) => this.#row(one)));
  }

  progress(progress: Progress): void {
    const state = this.#states.get(progress.stem);
    if (state) text(state, uploadSentence(progress));
    if (progress.state === "stored") this.#store?.list();
  }

  #row({ stem, at, seconds }: Kept): HTMLElement {
    const words = this.section.dataset;
    const date = new Date(at).toLocaleString(document.documentElement.lang || undefined, {
      dateStyle: "medium", timeStyle: "short",
    });
    const name = fill(words["part"] ?? "", { date, minutes: (seconds / 60).toFixed(1) });
    const state = h("span", { class: "small soft", "aria-live": "polite" });
    this.#states.set(stem, state);
    return h(
      "li",
      { class: "list__row" },
      h("span", { class: "stack stack--tight" }, h("span", {}, name), state),
      h(
        "span",
        { class: "button-row" },
        h("button", { class: "button button--small", type: "button", click: () => void this.#save(stem, at) }, words["save"] ?? ""),
        h("button", { class: "button button--small button--danger", type: "button", click: () => this.#remove(stem) }, words["remove"] ?? ""),
      ),
    );
  }

  async #save(stem: string, at: number): Promise<void> {
    const wav = await this.#store?.wav(stem);
    if (wav) saveFile(`jamsite-${new Date(at).toISOString().slice(0, 10)}-${stem.slice(0, 6)}.wav`, wav);
    else this.#store?.list();
  }

  #remove(stem: string): void {
    if (confirm(this.section.dataset["sure"] ?? "")) this.#store?.remove(stem);
  }
}
