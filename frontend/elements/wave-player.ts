// <wave-player src aac peaks refresh duration title size="big">: a recording one can see and hear.
// Inside it stands <audio controls> for pages without scripts; peaks may also come in a
// <script type="application/json"> child. `src` is the format that is small (Opus) or exact (FLAC),
// `aac` the one that every telephone plays; the browser's own word decides, then what it can decode.
// Media addresses expire: on an error the element asks `refresh` once for fresh ones
// ({"src": "…", "aac": "…"}), then says what happened.
import { icon, setIcon } from "./icons";
import { fetchPeaks, parsePeaks } from "./peaks";
import { WaveCanvas } from "./wave-canvas";
import { clock, say } from "./words";

type State = "idle" | "waiting" | "playing" | "paused" | "error";

const STEP = 5;
const LEAP = 15;
const VOLUME = "jamsite.volume";
const CANNOT_DECODE = (): string =>
  say("This browser can't decode this sound. Save it, and open it in another player.");
const players = new Set<WavePlayer>();

// Storage may be closed to us; the volume is then kept for this page only.
function keptVolume(): string | null {
  try {
    return localStorage.getItem(VOLUME);
  } catch {
    return null;
  }
}

function keepVolume(value: string): void {
  try {
    localStorage.setItem(VOLUME, value);
  } catch {
    // See above.
  }
}

export class WavePlayer extends HTMLElement {
  static readonly observedAttributes = ["src", "peaks"];

  #audio = new Audio();
  #wave = new WaveCanvas();
  #frame = document.createElement("div");
  #play = document.createElement("button");
  #playIcon = icon("play");
  #slider = document.createElement("div");
  #now = document.createElement("span");
  #total = document.createElement("span");
  #words = document.createElement("p");
  #mute = document.createElement("button");
  #muteIcon = icon("sound");
  #volume = document.createElement("input");
  #hover: number | undefined;
  #sources: string[] = [];
  #refreshed = false;
  #ticking = 0;
  #built = false;
  #abort = new AbortController();
  #resizes = new ResizeObserver(([entry]) => {
    if (entry) this.#wave.resize(entry.contentRect.width, entry.contentRect.height);
  });
  #nears = new IntersectionObserver(
    (entries) => entries.some((entry) => entry.isIntersecting) && void this.#loadPeaks(),
    { rootMargin: "200px" },
  );
  #themes = new MutationObserver(() => this.#wave.draw());

  connectedCallback(): void {
    players.add(this);
    this.#abort = new AbortController();
    if (!this.#built) this.#build();
    this.#resizes.observe(this.#slider);
    this.#nears.observe(this);
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const signal = this.#abort.signal;
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
      matchMedia(query).addEventListener("change", () => this.#wave.draw(), { signal });
    }
  }

  disconnectedCallback(): void {
    players.delete(this);
    this.#audio.pause();
    this.#abort.abort();
    this.#resizes.disconnect();
    this.#nears.disconnect();
    this.#themes.disconnect();
    cancelAnimationFrame(this.#ticking);
    this.#ticking = 0;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.#built || before === now) return;
    if (name === "src" && now) this.#open(now);
    if (name === "peaks") {
      this.#wave.peaks = undefined;
      this.#nears.unobserve(this);
      this.#nears.observe(this);
    }
  }

  get currentTime(): number {
    return this.#audio.currentTime;
  }

  get duration(): number {
    const known = this.#audio.duration;
    return Number.isFinite(known) ? known : Number(this.getAttribute("duration") ?? 0) / 1000;
  }

  get paused(): boolean {
    return this.#audio.paused;
  }

  async play(): Promise<void> {
    for (const other of players) if (other !== this) other.pause();
    this.#state("waiting");
    try {
      await this.#audio.play();
    } catch (error) {
      // A refused start (no gesture yet) leaves the player as it was; a media error speaks itself.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#state("paused");
    }
  }

  pause(): void {
    this.#audio.pause();
  }

  seek(seconds: number): void {
    const to = Math.min(Math.max(0, seconds), this.duration || 0);
    this.#audio.currentTime = to;
    this.#show();
    this.dispatchEvent(new CustomEvent("wave:seek", { bubbles: true, detail: { seconds: to } }));
  }

  #build(): void {
    this.#built = true;
    this.querySelector("audio")?.remove();
    const { src, aac } = { src: this.getAttribute("src") ?? "", aac: this.getAttribute("aac") ?? "" };
    this.#audio.preload = "none";

    this.#play.type = "button";
    this.#play.className = "wave-player__play";
    this.#play.append(this.#playIcon);
    this.#play.addEventListener("click", () => this.#toggle());

    this.#slider.className = "wave-player__wave";
    this.#slider.tabIndex = 0;
    this.#slider.setAttribute("role", "slider");
    this.#slider.setAttribute("aria-label", this.#named(say("Position")));
    this.#slider.setAttribute("aria-valuemin", "0");
    this.#slider.append(this.#wave.canvas);
    this.#slider.addEventListener("keydown", (event) => this.#key(event));
    this.#pointer();

    this.#total.className = "wave-player__total";
    const time = document.createElement("span");
    time.className = "wave-player__time";
    time.setAttribute("aria-hidden", "true");
    time.append(this.#now, this.#total);
    const tools = document.createElement("div");
    tools.className = "wave-player__tools";
    tools.append(time, this.#volumeBox());

    this.#words.className = "wave-player__words";
    this.#words.setAttribute("role", "status");
    this.#frame.className = "wave-player__frame";
    this.#frame.append(this.#play, this.#slider, tools, this.#words);
    this.append(this.#frame);
    this.#listen();
    if (src) this.#choose(src, aac);
    else this.#fail(say("There is no sound here yet."));
    this.#show();
  }

  #volumeBox(): HTMLElement {
    const box = document.createElement("div");
    box.className = "wave-player__volume";
    this.#mute.type = "button";
    this.#mute.className = "wave-player__mute";
    this.#mute.append(this.#muteIcon);
    this.#mute.addEventListener("click", () => (this.#audio.muted = !this.#audio.muted));
    Object.assign(this.#volume, { type: "range", min: "0", max: "1", step: "0.05" });
    this.#volume.setAttribute("aria-label", this.#named(say("Volume")));
    this.#volume.addEventListener("input", () => {
      this.#audio.volume = Number(this.#volume.value);
      this.#audio.muted = false;
      keepVolume(this.#volume.value);
    });
    const kept = Number(keptVolume() ?? 1);
    this.#audio.volume = kept >= 0 && kept <= 1 ? kept : 1;
    box.append(this.#mute, this.#volume);
    return box;
  }

  #listen(): void {
    const audio = this.#audio;
    const show = () => this.#show();
    for (const name of ["loadedmetadata", "durationchange", "timeupdate", "progress", "seeked"]) {
      audio.addEventListener(name, show);
    }
    audio.addEventListener("playing", () => this.#state("playing"));
    audio.addEventListener("waiting", () => this.#state("waiting"));
    audio.addEventListener("pause", () => this.#state("paused"));
    audio.addEventListener("ended", () => this.#state("paused"));
    audio.addEventListener("volumechange", show);
    audio.addEventListener("error", () => void this.#recover());
  }

  #pointer(): void {
    const slider = this.#slider;
    const at = (event: PointerEvent): number => {
      const box = slider.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    };
    slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      slider.setPointerCapture(event.pointerId);
      this.seek(at(event) * this.duration);
    });
    slider.addEventListener("pointermove", (event) => {
      this.#hover = at(event);
      if (slider.hasPointerCapture(event.pointerId)) this.seek(this.#hover * this.duration);
      else this.#show();
    });
    slider.addEventListener("pointerleave", () => {
      this.#hover = undefined;
      this.#show();
    });
  }

  #key(event: KeyboardEvent): void {
    const moves: Record<string, () => void> = {
      ArrowRight: () => this.seek(this.currentTime + STEP),
      ArrowUp: () => this.seek(this.currentTime + STEP),
      ArrowLeft: () => this.seek(this.currentTime - STEP),
      ArrowDown: () => this.seek(this.currentTime - STEP),
      PageUp: () => this.seek(this.currentTime + LEAP),
      PageDown: () => this.seek(this.currentTime - LEAP),
      Home: () => this.seek(0),
      End: () => this.seek(this.duration),
      " ": () => this.#toggle(),
      Enter: () => this.#toggle(),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  }

  #toggle(): void {
    if (this.getAttribute("state") === "error") {
      this.#refreshed = false;
      void this.#recover();
    } else if (this.#audio.paused) {
      void this.play();
    } else {
      this.pause();
    }
  }

  /** The sources that this browser says it plays, best first. Without `aac` there is no choice. */
  #choose(src: string, aac: string): void {
    const plays = (type: string) => this.#audio.canPlayType(type) !== "";
    const opus = !aac || plays('audio/ogg; codecs="opus"');
    this.#sources = [...(opus ? [src] : []), ...(aac && plays("audio/mp4") ? [aac] : [])];
    const [first] = this.#sources;
    if (first) this.#open(first);
    else this.#fail(CANNOT_DECODE());
  }

  #open(source: string): void {
    this.#audio.src = source;
    this.#words.textContent = "";
    this.#state("idle");
  }

  async #recover(): Promise<void> {
    const refresh = this.getAttribute("refresh");
    const wanted = this.getAttribute("state") === "waiting" || this.getAttribute("state") === "playing";
    const at = this.#audio.currentTime;
    const broken = this.#audio.error?.code === MediaError.MEDIA_ERR_DECODE;
    const goOn = async (): Promise<void> => {
      if (at) this.#audio.currentTime = at;
      if (wanted) await this.play();
    };
    if (refresh && !this.#refreshed && !broken) {
      this.#refreshed = true;
      try {
        const response = await fetch(refresh, { headers: { Accept: "application/json" } });
        const fresh = response.ok ? ((await response.json()) as { src?: unknown; aac?: unknown }) : {};
        if (typeof fresh.src === "string") {
          this.#choose(fresh.src, typeof fresh.aac === "string" ? fresh.aac : "");
          return await goOn();
        }
      } catch {
        // Falls through to the words below.
      }
    }
    const undecoded = broken || (await this.#isThere());
    this.#sources.shift();
    const [other] = this.#sources;
    if (undecoded && other) {
      this.#open(other);
      return await goOn();
    }
    this.#fail(
      undecoded
        ? CANNOT_DECODE()
        : navigator.onLine
        ? say("This sound can't be played now. It may have been removed, or kept to fewer people.")
        : say("You are offline. The recording is safe; play it when you are back."),
    );
  }

  /** Whether the sound itself can be fetched: then it is this browser that makes nothing of it. */
  async #isThere(): Promise<boolean> {
    const [now] = this.#sources;
    if (!now) return false;
    try {
      return (await fetch(now, { headers: { Range: "bytes=0-0" } })).ok;
    } catch {
      return false;
    }
  }

  #fail(words: string): void {
    this.#words.textContent = words;
    this.#state("error");
  }

  async #loadPeaks(): Promise<void> {
    if (this.#wave.ready) return;
    this.#nears.unobserve(this);
    const inline = this.querySelector<HTMLScriptElement>('script[type="application/json"]');
    const url = this.getAttribute("peaks");
    try {
      if (inline) this.#wave.peaks = parsePeaks(inline.textContent ?? "");
      else if (url) this.#wave.peaks = await fetchPeaks(url, this.#abort.signal);
    } catch {
      // Without an outline the plain line stays: the sound still plays.
    }
  }

  #state(state: State): void {
    this.setAttribute("state", state);
    const playing = state === "playing" || (state === "waiting" && !this.#audio.paused);
    setIcon(this.#playIcon, state === "error" ? "again" : playing ? "pause" : "play");
    const verb = state === "error" ? say("Try again") : playing ? say("Pause") : say("Play");
    this.#play.setAttribute("aria-label", this.#named(verb));
    if (state === "playing") {
      this.#words.textContent = "";
      this.#refreshed = false;
      this.#ticking ||= requestAnimationFrame(() => this.#tick());
    }
    this.#show();
  }

  #tick(): void {
    this.#ticking = 0;
    this.#show();
    if (!this.#audio.paused) this.#ticking = requestAnimationFrame(() => this.#tick());
  }

  #show(): void {
    const total = this.duration;
    const now = this.#audio.currentTime;
    const { buffered } = this.#audio;
    const arrived = buffered.length && total ? buffered.end(buffered.length - 1) / total : 0;
    this.#wave.progress(total ? now / total : 0, arrived, this.#hover);
    this.#set(this.#now, clock(now));
    this.#set(this.#total, total ? ` / ${clock(total)}` : "");
    this.#slider.setAttribute("aria-valuemax", String(Math.round(total)));
    this.#slider.setAttribute("aria-valuenow", String(Math.round(now)));
    const text = say("{now} of {total}", { now: clock(now), total: clock(total) });
    if (this.#slider.getAttribute("aria-valuetext") !== text) {
      this.#slider.setAttribute("aria-valuetext", text);
    }
    const { muted } = this.#audio;
    this.#volume.value = String(muted ? 0 : this.#audio.volume);
    setIcon(this.#muteIcon, muted ? "silent" : "sound");
    this.#mute.setAttribute("aria-label", this.#named(muted ? say("Unmute") : say("Mute")));
  }

  #set(element: HTMLElement, text: string): void {
    if (element.textContent !== text) element.textContent = text;
  }

  #named(verb: string): string {
    const title = this.getAttribute("label");
    return title ? `${verb}: ${title}` : verb;
  }
}

customElements.define("wave-player", WavePlayer);
