// Files on their way into the room's chat, over HTTP: what is stored comes back as a line of the chat, with the
// same ref. Sending again after a lost connection stores nothing twice.

export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** at a time; the others wait */
const AT_ONCE = 1;

export interface Sharing {
  readonly ref: string;
  readonly file: File;
  /** 0–1: how much of it is sent */
  sent: number;
  /** Why it didn't arrive; null while it is on its way. */
  problem: string | null;
  /** whether the same file could arrive another time */
  again: boolean;
}

export interface SharingWords {
  tooLarge: string;
  failed: string;
}

export type Send = (sharing: Sharing, progress: (part: number) => void) => Promise<{ status: number; detail: string }>;

export class SharedFiles {
  readonly #files = new Map<string, Sharing>();
  #running = 0;

  /** `send` resolves with status 0 where there was no answer; `changed` draws. */
  constructor(
    readonly send: Send,
    readonly changed: () => void,
    readonly words: SharingWords,
  ) {}

  get files(): readonly Sharing[] {
    return [...this.#files.values()];
  }

  share(file: File): void {
    const tooLarge = file.size > MAX_FILE_BYTES;
    const ref = crypto.randomUUID();
    this.#files.set(ref, { ref, file, sent: 0, problem: tooLarge ? this.words.tooLarge : null, again: false });
    this.changed();
    this.#next();
  }

  retry(ref: string): void {
    const sharing = this.#files.get(ref);
    if (!sharing?.again) return;
    Object.assign(sharing, { problem: null, sent: 0, again: false });
    this.changed();
    this.#next();
  }

  drop(ref: string): void {
    if (this.#files.delete(ref)) this.changed();
  }

  #waiting(): Sharing | undefined {
    return this.files.find((sharing) => sharing.problem === null && !this.#sending.has(sharing.ref));
  }

  readonly #sending = new Set<string>();

  #next(): void {
    const sharing = this.#waiting();
    if (!sharing || this.#running >= AT_ONCE) return;
    this.#running += 1;
    this.#sending.add(sharing.ref);
    void this.#send(sharing).finally(() => {
      this.#running -= 1;
      this.#sending.delete(sharing.ref);
      this.changed();
      this.#next();
    });
  }

  async #send(sharing: Sharing): Promise<void> {
    const { status, detail } = await this.send(sharing, (part) => {
      sharing.sent = part;
      this.changed();
    });
    if (status === 200 || status === 201) {
      this.#files.delete(sharing.ref);
      return;
    }
    sharing.problem = detail || this.words.failed;
    sharing.again = status === 0 || status === 429 || status >= 500;
  }
}

/** Sends by XMLHttpRequest, as `fetch` doesn't say how much of a body is on its way. */
export function sender(address: string, csrf: () => string): Send {
  return ({ ref, file }, progress) =>
    new Promise((resolve) => {
      const body = new FormData();
      body.append("ref", ref);
      body.append("file", file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.timeout = 120_000;
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onload = () => resolve({ status: request.status, detail: detailOf(request.responseText) });
      request.onerror = request.ontimeout = () => resolve({ status: 0, detail: "" });
      request.send(body);
    });
}

function detailOf(answer: string): string {
  try {
    const { detail, errors } = JSON.parse(answer) as { detail?: string; errors?: Record<string, string[]> };
    return Object.values(errors ?? {}).flat().join(" ") || (detail ?? "");
  } catch {
    return "";
  }
}
