// The page's side of the store worker.
import type { FromStore, Kept, TakeSetup, ToStore } from "./store-worker";
import type { Progress } from "./uploader";

export interface StoreSetup {
  worker: string;
  stems: string;
  csrfCookie: string;
}

export interface StoreEvents {
  storage(durable: boolean): void;
  capturing(frames: number): void;
  list(stems: readonly Kept[]): void;
  lost(recording: string, ms: number): void;
  problem(reason: "diskFull" | "format" | "storage" | "limit"): void;
}

export function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

export class StemStore {
  readonly #worker: Worker;
  readonly #files = new Map<string, (wav: Blob | null) => void>();

  constructor(
    readonly setup: StoreSetup,
    readonly events: Partial<StoreEvents> = {},
  ) {
    this.#worker = new Worker(setup.worker, { type: "module", name: "jam-store" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromStore>) => this.#hear(data);
    this.#worker.onerror = () => this.events.problem?.("storage");
    this.#site();
    addEventListener("online", this.hurry);
    addEventListener("pageshow", this.hurry);
    document.addEventListener("visibilitychange", this.#seen);
  }

  #hear(message: FromStore): void {
    if (message.t === "site?") this.#site();
    else if (message.t === "progress") {
      dispatchEvent(
        new CustomEvent<Progress>("jamsite:stem-progress", { detail: message.progress }),
      );
    } else if (message.t === "storage") this.events.storage?.(message.durable);
    else if (message.t === "capturing") this.events.capturing?.(message.frames);
    else if (message.t === "list") this.events.list?.(message.stems);
    else if (message.t === "file") {
      this.#files.get(message.stem)?.(message.wav);
      this.#files.delete(message.stem);
    } else if (message.t === "lost") this.events.lost?.(message.recording, message.ms);
    else this.events.problem?.(message.reason);
  }

  #site(): void {
    const { stems, csrfCookie } = this.setup;
    const base = new URL(stems, location.href).href;
    this.#tell({ t: "site", stems: base, csrf: cookie(csrfCookie) });
  }

  clock(offset: number): void {
    this.#tell({ t: "clock", offset });
  }

  source(port: MessagePort, rate: number, channels: number): void {
    this.#tell({ t: "source", port, rate, channels }, [port]);
  }

  start(take: TakeSetup): void {
    this.#tell({ t: "start", take });
  }

  stop(stopsAt: number | null): void {
    this.#tell({ t: "stop", stopsAt });
  }

  resume(hold: string | null = null): void {
    this.#tell({ t: "resume", hold });
  }

  /** The site may be there again: what waits tries at once. */
  readonly hurry = (): void => this.#tell({ t: "online" });

  readonly #seen = (): void => {
    if (document.visibilityState === "visible") this.hurry();
  };

  /** Stems on this machine, told by `list`. */
  list(): void {
    this.#tell({ t: "list" });
  }

  remove(stem: string): void {
    this.#tell({ t: "remove", stem });
  }

  /** A stem that lies here as a WAV file. */
  wav(stem: string): Promise<Blob | null> {
    return new Promise((resolve) => {
      this.#files.set(stem, resolve);
      this.#tell({ t: "file", stem });
    });
  }

  #tell(message: ToStore, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  close(): void {
    removeEventListener("online", this.hurry);
    removeEventListener("pageshow", this.hurry);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#worker.terminate();
  }
}
