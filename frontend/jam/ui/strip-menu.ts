// The menu on a player's strip: what this person may do about that one, and nothing that would be refused.
import type { Hosting } from "../hosting";
import type { PeerInfo } from "../protocol";
import type { RoomSettings } from "../settings";
import { fill, words } from "../words";
import { h, text } from "./dom";

export interface MenuItem {
  label: string;
  /** asked before it is done, where it takes something away */
  confirm?: string;
  does(): void;
}

/** Returns what may be done about somebody now, in the order it is shown. */
export function itemsFor(hosting: Hosting, info: PeerInfo, now: number | null = null): MenuItem[] {
  const name = info.shown || info.name;
  const items: MenuItem[] = [];
  if (hosting.mayMute(info)) {
    const muted = hosting.mutedByHost(info);
    items.push({
      label: fill(muted ? words.host.unmute : words.host.mute, { name }),
      does: () => hosting.mute(info, !muted),
    });
    const held = hosting.pictureHeld(info);
    items.push({
      label: fill(held ? words.host.pictureOn : words.host.pictureOff, { name }),
      does: () => hosting.holdPicture(info, !held),
    });
  }
  if (hosting.isHost) {
    const has = hosting.hasTurn(info, now);
    items.push({
      label: fill(has ? words.host.endTurn : words.host.giveTurn, { name }),
      does: () => hosting.giveTurn(has ? null : info),
    });
  }
  if (hosting.mayChangeRights(info)) {
    const rights = hosting.rightsOf(info);
    for (const right of ["chat", "record", "tempo"] as const) {
      const has = rights?.[right] ?? true;
      const said = words.host.rights[right];
      items.push({
        label: fill(has ? said.take : said.give, { name }),
        does: () => hosting.setRights(info, { [right]: !has }),
      });
    }
  }
  if (hosting.isTheHost && hosting.roleOf(info) !== "host") {
    const isCoHost = hosting.roleOf(info) === "co_host";
    items.push({
      label: fill(isCoHost ? words.host.dismiss : words.host.appoint, { name }),
      does: () => hosting.setCoHost(info, !isCoHost),
    });
    items.push({
      label: fill(words.host.offer, { name }),
      confirm: fill(words.host.offerSure, { name }),
      does: () => hosting.offer(info),
    });
  }
  if (hosting.mayRemove(info)) {
    items.push({
      label: fill(words.host.remove, { name }),
      confirm: fill(words.host.removeSure, { name }),
      does: () => hosting.remove(info),
    });
  }
  return items;
}

/** Returns where the menu leads: somebody's own page, where one also blocks them, and the report of an account. */
export function linksFor(settings: Pick<RoomSettings, "people" | "report">, info: PeerInfo): { label: string; href: string }[] {
  const name = info.shown || info.name;
  const account = encodeURIComponent(info.name);
  return [
    { label: fill(words.host.page, { name }), href: `${settings.people}${account}/` },
    { label: fill(words.host.report, { name }), href: `${settings.report}?account=${account}` },
  ];
}

export class StripMenu {
  readonly element: HTMLDetailsElement;
  readonly #panel = h("div", { class: "menu__panel jam-menu__panel" });
  readonly #summary = h("summary", { class: "button button--icon button--quiet jam-menu__button" }, "⋯");
  #shown = "";

  constructor(readonly hosting: Hosting, readonly settings: RoomSettings) {
    this.element = h("details", { class: "menu jam-menu", "data-fold": true }, this.#summary, this.#panel);
  }

  update(info: PeerInfo, now: number | null): void {
    const items = itemsFor(this.hosting, info, now);
    this.#summary.setAttribute("aria-label", fill(words.host.menu, { name: info.shown || info.name }));
    // Written anew only where it says something else: a menu that is open keeps the focus.
    const shown = JSON.stringify([info.peer, items.map(({ label }) => label)]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#panel.replaceChildren(
      ...items.map((item) => this.#button(item)),
      // In a tab of its own: the room plays on.
      ...linksFor(this.settings, info).map(({ label, href }) =>
        h("a", { class: "jam-menu__item", href, target: "_blank", rel: "noopener" }, label)),
    );
  }

  /** What takes something away asks once more, on the button itself. */
  #button(item: MenuItem): HTMLButtonElement {
    let sure = item.confirm === undefined;
    const button = h("button", {
      class: "menu__item jam-menu__item", type: "button",
      click: () => {
        if (!sure) {
          sure = true;
          text(button, item.confirm ?? "");
          return;
        }
        this.#close();
        item.does();
      },
    }, item.label);
    return button;
  }

  #close(): void {
    this.element.open = false;
    this.#shown = ""; // what was asked once more is asked anew the next time
    this.#summary.focus();
  }
}
