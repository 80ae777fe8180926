// Lists that keep up with what happens: asked for again every 15 s while somebody looks, answered by
// 304 as long as nothing changed. Cards are brought up to date where they stand; what is new is
// announced by a button and comes in when it is pressed: nothing moves under the finger.
import { htmx } from "./htmx-setup";
import { localTimes } from "./local-times";
import { newsOf, waitAfter } from "./news";
import { say } from "./words";

function cards(part: ParentNode): Map<string, HTMLElement> {
  const found = part.querySelectorAll<HTMLElement>("[data-live-list] > [data-key]");
  return new Map([...found].map((card) => [card.dataset["key"] ?? "", card]));
}

class LiveLists {
  #tag = "";
  #failures = 0;
  #timer: number | undefined;
  #asking = false;
  readonly #button = document.createElement("button");

  constructor(
    private readonly place: HTMLElement,
    private readonly url: string,
  ) {
    this.#button.type = "button";
    this.#button.className = "button button--primary button--small find__news";
    this.#button.hidden = true;
    // Said once by whoever reads the page aloud, whatever the button's place.
    place.previousElementSibling?.append(this.#button);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) window.clearTimeout(this.#timer);
      else void this.#ask();
    });
    this.#wait();
  }

  #wait(): void {
    window.clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = window.setTimeout(() => void this.#ask(), waitAfter(this.#failures));
  }

  async #ask(): Promise<void> {
    if (this.#asking || !this.place.isConnected) return;
    this.#asking = true;
    try {
      const headers: Record<string, string> = this.#tag ? { "If-None-Match": this.#tag } : {};
      const answer = await fetch(this.url, { headers, cache: "no-store", redirect: "error" });
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(String(answer.status));
        this.#tag = answer.headers.get("ETag") ?? "";
        this.#take(new DOMParser().parseFromString(await answer.text(), "text/html").body);
      }
      this.#failures = 0;
    } catch {
      this.#failures += 1;
    } finally {
      this.#asking = false;
      this.#wait();
    }
  }

  #take(part: HTMLElement): void {
    const [here, there] = [cards(this.place), cards(part)];
    const whole = part.querySelector(".show-more a, .find__all") === null;
    const news = newsOf([...here.keys()], [...there.keys()], whole);
    for (const [key, card] of here) {
      const now = there.get(key);
      if (now && !card.contains(document.activeElement)) renew(card, now);
    }
    for (const key of news.gone) over(here.get(key));
    this.#announce(news.fresh.length, part);
  }

  #announce(number: number, part: HTMLElement): void {
    this.#button.hidden = number === 0;
    if (number === 0) return;
    const words = number === 1 ? say("Show 1 new session") : say("Show {n} new sessions", { n: String(number) });
    if (this.#button.textContent !== words) this.#button.textContent = words;
    this.#button.onclick = () => {
      this.#button.hidden = true;
      this.place.replaceChildren(...part.childNodes);
      htmx.process(this.place);
      localTimes(this.place);
      const first = this.place.querySelector<HTMLElement>(".card__link");
      first?.focus();
    };
  }
}

/** Bring what changes in a card up to date where it stands: who is in, who plays, what is free. */
function renew(card: HTMLElement, now: HTMLElement): void {
  for (const part of ["[data-inside]", "[data-now]", "[data-action]"]) {
    const [old, fresh] = [card.querySelector(part), now.querySelector(part)];
    if (old && fresh && old.textContent !== fresh.textContent) old.replaceWith(fresh.cloneNode(true));
  }
}

function over(card: HTMLElement | undefined): void {
  if (!card || card.classList.contains("is-gone")) return;
  card.classList.add("is-gone");
  card.querySelector("[data-action]")?.remove();
  const inside = card.querySelector("[data-inside]");
  if (inside) inside.textContent = say("Not any more");
}

export function startLiveLists(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-live-lists]")) {
    new LiveLists(place, place.dataset["liveLists"] ?? "");
  }
}
