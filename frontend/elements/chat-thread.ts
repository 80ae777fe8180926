// <chat-thread data-socket="/ws/…" data-me="id">: the list of messages (an <ol data-messages>) and the
// form below it, live. Server frames: {"t":"message","id","ref","user","name","text","at"}; ours:
// {"t":"send","ref","text"}. Without scripts, or while no socket is open, the form posts as usual.
import { LiveSocket } from "./live-socket";
import { localTimes } from "./local-times";
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
  ref?: string;
  text?: string;
}

const UNSENT_MS = 8000;

export class ChatThread extends HTMLElement {
  #socket: LiveSocket | undefined;
  #dropped = false;
  #waiting = new Map<string, { row: HTMLElement; text: string; timer: number }>();

  connectedCallback(): void {
    this.#form?.addEventListener("submit", this.#submit);
    this.#input?.addEventListener("keydown", this.#key);
    this.#toEnd();
    const address = this.dataset.socket;
    if (!address) return;
    this.#socket = new LiveSocket(address, (frame) => this.#receive(frame), (open) => {
      this.#status(open);
      if (open && this.#dropped) void this.#catchUp();
      this.#dropped = !open;
    });
    this.#socket.open();
  }

  disconnectedCallback(): void {
    this.#form?.removeEventListener("submit", this.#submit);
    this.#input?.removeEventListener("keydown", this.#key);
    this.#socket?.close();
  }

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
    if (!input || !this.#socket?.isOpen) return;
    event.preventDefault();
    const ref = crypto.randomUUID();
    const row = this.#append({ name: "", text, at: new Date().toISOString(), mine: true });
    row.dataset.ref = ref;
    row.classList.add("message--sending");
    this.#send(ref, text, row);
    input.value = "";
    input.focus();
  };

  #send(ref: string, text: string, row: HTMLElement): void {
    const timer = window.setTimeout(() => this.#unsent(ref), UNSENT_MS);
    this.#waiting.set(ref, { row, text, timer });
    this.#socket?.send({ t: "send", ref, text });
  }

  /** The words are kept in place, with a button to send them again (same ref: never twice). */
  #unsent(ref: string, reason?: string): void {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return;
    window.clearTimeout(waiting.timer);
    const { row, text } = waiting;
    row.classList.replace("message--sending", "message--unsent");
    row.querySelector(".message__retry")?.remove();
    const retry = document.createElement("p");
    retry.className = "message__retry";
    retry.append(reason ?? say("Not sent yet."), " ");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = say("Send again");
    button.addEventListener("click", () => {
      retry.remove();
      row.classList.replace("message--unsent", "message--sending");
      this.#send(ref, text, row);
      window.setTimeout(() => void this.#catchUp(), 1500);
    });
    retry.append(button);
    row.append(retry);
  }

  #receive(frame: unknown): void {
    const { t } = frame as { t?: string };
    if (t === "error") {
      const { ref, text } = frame as Refusal;
      if (ref) this.#unsent(ref, text);
      return;
    }
    if (t !== "message") return;
    const message = frame as Message;
    if (this.querySelector(`[data-id="${CSS.escape(message.id)}"]`)) return;
    if (message.ref && this.#settle(message.ref, message.id)) return;
    this.#append({ ...message, mine: message.user === this.dataset.me }).dataset.id = message.id;
  }

  /** What was said while the socket was away is read from the page itself. Own words found there have
   * arrived; what still waits is sent again (the server keeps each ref once). */
  async #catchUp(): Promise<void> {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const atEnd = this.#nearEnd();
      for (const row of page.querySelectorAll<HTMLElement>("[data-messages] > [data-id]")) {
        const id = row.dataset.id ?? "";
        if (this.querySelector(`[data-id="${CSS.escape(id)}"]`)) continue;
        if (row.matches(".message--mine") && this.#settleSame(row, id)) continue;
        const fresh = document.importNode(row, true);
        localTimes(fresh);
        this.#list?.append(fresh);
      }
      if (atEnd) this.#toEnd();
    } catch {
      // The next reconnection tries again.
    }
    for (const [ref, { text }] of this.#waiting) this.#socket?.send({ t: "send", ref, text });
  }

  #settleSame(row: HTMLElement, id: string): boolean {
    const words = row.querySelector(".message__text")?.textContent?.trim();
    for (const [ref, { text }] of this.#waiting) {
      if (text === words) return this.#settle(ref, id);
    }
    return false;
  }

  /** A message of ours has arrived. */
  #settle(ref: string, id: string): boolean {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return false;
    window.clearTimeout(waiting.timer);
    this.#waiting.delete(ref);
    waiting.row.dataset.id = id;
    waiting.row.classList.remove("message--sending", "message--unsent");
    waiting.row.querySelector(".message__retry")?.remove();
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
    name.textContent = message.mine ? say("You") : message.name;
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
