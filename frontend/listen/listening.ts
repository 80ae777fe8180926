// Plays a stream, and shows how it stands. Everything it says stands in the page, in data attributes.
import Hls from "hls.js/light";

const LOOK_MS = 1000;
const AGAIN_MS = 2000;

type State = "idle" | "opening" | "waiting" | "delay" | "blocked" | "unable" | "full";

export class Listening extends HTMLElement {
  #hls: Hls | null = null;
  #wanted = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #series: number | null = null;

  connectedCallback(): void {
    this.#play.addEventListener("click", () => (this.#wanted ? this.#stop() : this.#start()));
    const volume = this.#part<HTMLInputElement>("volume");
    volume.addEventListener("input", () => (this.#sound.volume = volume.valueAsNumber));
    this.#sound.addEventListener("playing", () => this.#look());
    this.querySelector<HTMLFormElement>("[data-listen=reactions]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#react(event.submitter as HTMLButtonElement);
    });
    document.addEventListener("htmx:afterSwap", this.#moved);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
    document.removeEventListener("htmx:afterSwap", this.#moved);
    this.#close();
  }

  // ---- for tests: only looks ---------------------------------------------------------------------

  /** Seconds behind what is played in the room, by the server's clock; null while nothing plays. */
  get behind(): number | null {
    const date = this.#hls?.playingDate;
    if (!date || this.#sound.paused) return null;
    return (Date.now() + this.#offset - date.getTime()) / 1000;
  }

  /** Which version of the stream it is: another one after a voice went, or somebody else sends. */
  get series(): number | null {
    return this.#series;
  }

  #part<E extends HTMLElement>(name: string): E {
    return this.querySelector<E>(`[data-listen=${name}]`)!;
  }

  get #sound(): HTMLAudioElement {
    return this.#part("sound");
  }

  get #play(): HTMLButtonElement {
    return this.#part("play");
  }

  get #now(): HTMLElement | null {
    return document.getElementById("listen-now");
  }

  /** What has to be added to this machine's clock to have the server's, as its last answer told. */
  #offset = 0;

  readonly #moved = (): void => {
    const now = this.#now;
    if (!now) return;
    const told = Number(now.dataset["serverMs"]);
    if (told) this.#offset = told - Date.now();
    const on = now.dataset["on"] === "true";
    if (this.#wanted && on && !this.#playing) this.#open();
    if (this.#wanted && !on && this.#playing) this.#wait();
  };

  get #playing(): boolean {
    return this.#hls !== null || this.#sound.hasAttribute("src");
  }

  #start(): void {
    this.#wanted = true;
    this.#label();
    this.#say("opening");
    this.#open();
  }

  #stop(): void {
    this.#wanted = false;
    this.#close();
    this.#label();
    this.#say("idle");
  }

  #label(): void {
    const label = this.#part("label");
    label.textContent = (this.#wanted ? label.dataset["stop"] : label.dataset["play"]) ?? "";
  }

  #open(): void {
    this.#close();
    const address = this.dataset["live"] ?? "";
    if (Hls.isSupported()) this.#openHls(address);
    else if (this.#sound.canPlayType("application/vnd.apple.mpegurl")) {
      this.#sound.src = address;
      this.#go();
    } else this.#say("unable");
  }

  #openHls(address: string): void {
    const hls = new Hls({
      enableWorker: false, // the page's policy takes no workers that a script made up
      lowLatencyMode: true,
      backBufferLength: 8,
      maxBufferLength: 6,
      maxLiveSyncPlaybackRate: 1.08,
      manifestLoadPolicy: { default: { maxTimeToFirstByteMs: 8000, maxLoadTimeMs: 15_000, timeoutRetry: null, errorRetry: null } },
    });
    this.#hls = hls;
    this.#series = null;
    hls.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => {
      const part = details.partList?.at(-1)?.relurl ?? details.fragments.at(-1)?.relurl;
      const series = part ? Number(part.split("/")[0]) : this.#series;
      // Somebody is heard no more, or somebody else sends: what lies here from before isn't played on.
      if (this.#series !== null && series !== this.#series) this.#open();
      else this.#series = series;
    });
    hls.on(Hls.Events.ERROR, (_event, { fatal, details, response }) => {
      if (!fatal || this.#hls !== hls) return;
      if (details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) {
        this.#close();
        return this.#say("unable");
      }
      this.#wait(response?.code === 503 ? "full" : "waiting");
    });
    hls.loadSource(address);
    hls.attachMedia(this.#sound);
    this.#go();
  }

  #go(): void {
    this.#sound.play().catch((problem: unknown) => {
      if ((problem as DOMException).name === "NotAllowedError") {
        this.#stop();
        this.#say("blocked");
      }
    });
  }

  /** Nothing comes: looks again in a moment, and when the page says that something is sent. */
  #wait(state: State = "waiting"): void {
    this.#close();
    this.#say(state);
    this.#again = setTimeout(() => {
      if (this.#wanted && !this.#playing && this.#now?.dataset["on"] === "true") this.#open();
    }, AGAIN_MS);
  }

  #close(): void {
    clearTimeout(this.#again);
    this.#hls?.destroy();
    this.#hls = null;
    this.#sound.removeAttribute("src");
    this.#sound.load();
  }

  #look(): void {
    const { behind } = this;
    if (behind !== null && this.#sound.readyState > 2) this.#say("delay", Math.max(1, Math.round(behind)));
    else if (this.#playing && !this.#hls && !this.#sound.paused) this.#say("idle");
  }

  #say(state: State, seconds = 0): void {
    const element = this.#part("state");
    const said = (element.dataset[state] ?? "").replace("{seconds}", String(seconds));
    if (element.textContent !== said) element.textContent = said;
    this.dataset["state"] = state;
  }

  async #react(button: HTMLButtonElement): Promise<void> {
    const form = button.form;
    if (!form) return;
    const body = new FormData(form);
    body.set("kind", button.value);
    button.classList.add("listen__sent");
    setTimeout(() => button.classList.remove("listen__sent"), 600);
    await fetch(this.dataset["react"] ?? "", {
      method: "POST", body, headers: { Accept: "application/json" },
    }).catch(() => undefined);
  }
}
