// <chat-thread data-socket="/ws/…" data-me="id">: the list of messages (an <ol data-messages>) and the
// form below it, live. Server frames: {"t":"message","id","ref","user","name","text","at"}, `ack`
// {"ref","id"}, `error`, `waiting`, `missed`; ours: {"t":"send","ref","text"}. What was written stays on
// the page until the server acknowledged its ref, and is sent again after each reconnection: it is
// stored once. Without scripts, or where no socket ever opened, the form posts as usual.
import { LiveSocket } from "./live-socket";
import { localTimes } from "./local-times";
import { withoutUnfit } from "./unfit";
import { say } from "./words";

interface Message {
  t: "message";
  id: string;
  ref?: string | null;
  user: string;
  name: string;
  text: string;
  at: string;
}

interface Refusal {
  t: "error";
  code: string;
  for: string;
  ref?: string;
  text: string;
  wait?: number;
}

interface Waiting {
  row: HTMLElement;
  text: string;
  timer: number;
  /** Given up: it waits for its writer, not for the socket. */
  stopped: boolean;
}

const ANSWER_MS = 8000;
const AGAIN_MS = 3000;
const MOST_PAGES = 20;
export class ChatThread extends HTMLElement {
  #socket: LiveSocket | undefined;
  #opened = false;
  #waiting = new Map<string, Waiting>();

  connectedCallback(): void {
    this.#form?.addEventListener("submit", this.#submit);
    this.#input?.addEventListener("keydown", this.#key);
    this.#toEnd();
    const address = this.dataset.socket;
    if (!address) return;
    this.#socket = new LiveSocket(address, (frame) => this.#receive(frame), (open) => {
      this.#status(open);
      if (!open) return;
      if (this.#opened) void this.#catchUp();
      this.#opened = true;
      this.#sendWaiting();
    });
    this.#socket.open();
    window.addEventListener("beforeunload", this.#warn);
    document.addEventListener("submit", this.#delete);
  }

  disconnectedCallback(): void {
    this.#form?.removeEventListener("submit", this.#submit);
    this.#input?.removeEventListener("keydown", this.#key);
    this.#socket?.close();
    window.removeEventListener("beforeunload", this.#warn);
    document.removeEventListener("submit", this.#delete);
  }

  #warn = (event: BeforeUnloadEvent): void => {
    if (this.#waiting.size > 0) event.preventDefault();
  };

  get #list(): HTMLElement | null {
    return this.querySelector("[data-messages]");
  }

  get #scroller(): HTMLElement | null {
    return this.querySelector("[data-scroll]");
  }

  get #form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  get #input(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  // Enter sends, Shift+Enter makes a line; never while an input method is composing.
  #key = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form?.requestSubmit();
  };

  #submit = (event: SubmitEvent): void => {
    const input = this.#input;
    const text = input?.value.trim() ?? "";
    if (!text) {
      event.preventDefault();
      input?.focus();
      return;
    }
    if (!input || !this.#opened) return;
    event.preventDefault();
    const ref = crypto.randomUUID();
    const row = this.#append({ name: "", text, at: new Date().toISOString(), mine: true });
    row.dataset.ref = ref;
    row.classList.add("message--sending");
    this.#waiting.set(ref, { row, text, timer: 0, stopped: false });
    this.#send(ref);
    input.value = "";
    input.focus();
  };

  #send(ref: string): void {
    const waiting = this.#waiting.get(ref);
    if (!waiting || waiting.stopped) return;
    window.clearTimeout(waiting.timer);
    if (!this.#socket?.isOpen) return; // it goes with the next connection
    this.#socket.send({ t: "send", ref, text: waiting.text });
    waiting.timer = window.setTimeout(() => this.#socket?.renew(), ANSWER_MS);
  }

  #sendWaiting(): void {
    for (const ref of this.#waiting.keys()) this.#send(ref);
  }

  #again(ref: string, ms: number): void {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return;
    window.clearTimeout(waiting.timer);
    waiting.timer = window.setTimeout(() => this.#send(ref), ms);
  }

  /** One message is given up, with a word; its text can be taken back into the box. */
  #giveUp(ref: string, reason: string): void {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return;
    window.clearTimeout(waiting.timer);
    waiting.stopped = true;
    const { row, text } = waiting;
    row.classList.replace("message--sending", "message--unsent");
    row.querySelector(".message__retry")?.remove();
    const note = document.createElement("p");
    note.className = "message__retry";
    note.role = "alert";
    note.append(say("Not sent."), " ", reason, " ");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = say("Edit");
    button.addEventListener("click", () => {
      this.#waiting.delete(ref);
      row.remove();
      this.#takeBack(withoutUnfit(text));
    });
    note.append(button);
    row.append(note);
    this.#toEnd();
  }

  #takeBack(text: string): void {
    const input = this.#input;
    if (!input) return;
    input.value = input.value.trim() ? `${text}\n${input.value}` : text;
    input.focus();
  }

  #receive(frame: unknown): void {
    const { t } = frame as { t?: string };
    if (t === "error") this.#refused(frame as Refusal);
    else if (t === "ack") {
      const { ref, id } = frame as { ref: string; id: string };
      this.#settle(ref, id);
    } else if (t === "waiting") this.#status(false);
    else if (t === "missed") {
      this.#status(true);
      void this.#catchUp();
      this.#sendWaiting();
    } else if (t === "message") this.#arrived(frame as Message);
    else if (t === "gone") this.#gone((frame as { id: string }).id);
  }

  #refused({ code, ref, text, wait }: Refusal): void {
    if (!ref) {
      if (code === "away") this.#status(false);
      return;
    }
    if (code === "too_many") this.#again(ref, 1000 * (wait ?? 1));
    else if (code === "away") this.#again(ref, AGAIN_MS);
    else this.#giveUp(ref, text);
  }

  #arrived(message: Message): void {
    if (this.querySelector(`[data-id="${CSS.escape(message.id)}"]`)) return;
    if (message.ref && this.#settle(message.ref, message.id)) return;
    const mine = message.user === this.dataset.me;
    const row = this.#append({ ...message, mine });
    row.dataset.id = message.id;
    if (mine) this.#menu(row, message.id);
  }

  #gone(id: string): void {
    this.querySelector(`[data-id="${CSS.escape(id)}"]`)?.remove();
  }

  /** Deleting keeps the page: what is being written stays. */
  #delete = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    const button = event.submitter as HTMLButtonElement | null;
    if (form.id !== "delete-message" || !button) return;
    event.preventDefault();
    button.disabled = true;
    const body = new FormData(form);
    body.set("message", button.value);
    fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } })
      .then((response) => {
        if (!response.ok) throw new Error(String(response.status));
        this.#gone(button.value);
        this.#input?.focus();
      })
      .catch(() => {
        button.disabled = false;
        const line = this.querySelector("[data-status]");
        if (line) line.textContent = say("It wasn't deleted. Try again in a moment.");
      });
  };

  #menu(row: HTMLElement, id: string): void {
    const template = document.querySelector<HTMLTemplateElement>("#message-menu");
    if (!template || row.querySelector(".message__menu")) return;
    const menu = template.content.cloneNode(true) as DocumentFragment;
    menu.querySelector<HTMLButtonElement>("button")?.setAttribute("value", id);
    row.append(menu);
  }

  /** What was said while the socket was away is read from the page itself, back to what is known. */
  async #catchUp(): Promise<void> {
    const missed: HTMLElement[] = [];
    const there = new Set<string | undefined>();
    let address: string | null = location.href;
    try {
      for (let n = 0; address && n < MOST_PAGES; n += 1) {
        const response: Response = await fetch(address, { headers: { Accept: "text/html" } });
        if (!response.ok) break;
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const rows = [...page.querySelectorAll<HTMLElement>("[data-messages] > [data-id]")];
        for (const row of rows) there.add(row.dataset.id);
        const known = (row: HTMLElement): boolean =>
          this.querySelector(`[data-id="${CSS.escape(row.dataset.id ?? "")}"]`) !== null;
        missed.unshift(...rows.filter((row) => !known(row)));
        const earlier = page.querySelector<HTMLAnchorElement>(".chat__earlier a")?.getAttribute("href");
        address = rows.some(known) || !earlier ? null : new URL(earlier, location.href).href;
      }
    } catch {
      // The next reconnection tries again; what was read so far is shown.
    }
    this.#dropDeleted(there);
    const atEnd = this.#nearEnd();
    for (const row of missed) {
      // An acknowledgement may have come meanwhile.
      if (this.querySelector(`[data-id="${CSS.escape(row.dataset.id ?? "")}"]`)) continue;
      const fresh = document.importNode(row, true);
      localTimes(fresh);
      this.querySelector("[data-empty]")?.remove();
      this.#list?.append(fresh);
    }
    if (atEnd) this.#toEnd();
  }

  /** Of what was read again, rows that aren't there any more were deleted meanwhile. */
  #dropDeleted(there: Set<string | undefined>): void {
    const rows = [...this.querySelectorAll<HTMLElement>("[data-messages] > [data-id]")];
    const first = rows.findIndex((row) => there.has(row.dataset.id));
    if (first < 0) return;
    for (const row of rows.slice(first)) if (!there.has(row.dataset.id)) row.remove();
  }

  /** A message of ours is stored. */
  #settle(ref: string, id: string): boolean {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return false;
    window.clearTimeout(waiting.timer);
    this.#waiting.delete(ref);
    const { row } = waiting;
    if (this.querySelector(`[data-id="${CSS.escape(id)}"]`)) {
      row.remove(); // it was read from the page before
      return true;
    }
    row.dataset.id = id;
    this.#menu(row, id);
    row.classList.remove("message--sending", "message--unsent");
    row.querySelector(".message__retry")?.remove();
    return true;
  }

  #append(message: { name: string; text: string; at: string; mine: boolean }): HTMLElement {
    const atEnd = this.#nearEnd();
    const row = document.createElement("li");
    row.className = message.mine ? "message message--mine" : "message";
    const head = document.createElement("p");
    head.className = "message__head";
    const name = document.createElement("span");
    name.className = "message__name";
    const author = document.createElement("bdi"); // a name of any script leaves the line as it is
    author.textContent = message.mine ? say("You") : message.name;
    name.append(author);
    const time = document.createElement("time");
    time.dateTime = message.at;
    time.dataset.local = "clock";
    head.append(name, " ", time);
    const text = document.createElement("p");
    text.className = "message__text";
    text.dir = "auto";
    text.textContent = message.text;
    row.append(head, text);
    localTimes(row);
    this.querySelector("[data-empty]")?.remove();
    this.#list?.append(row);
    if (atEnd || message.mine) this.#toEnd();
    return row;
  }

  #status(open: boolean): void {
    const line = this.querySelector("[data-status]");
    if (line) line.textContent = open ? "" : say("Reconnecting. You can write on; nothing is lost.");
  }

  #nearEnd(): boolean {
    const list = this.#scroller;
    return !list || list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  }

  #toEnd(): void {
    const list = this.#scroller;
    if (list) list.scrollTop = list.scrollHeight;
  }
}

customElements.define("chat-thread", ChatThread);
