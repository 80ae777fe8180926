// One player: name, level, mute, volume, delay.
import type { Level } from "../engine/meter";
import type { Direct } from "../direct";
import type { Mixer } from "../engine/mixer";
import type { Player } from "../engine/player";
import type { IntervalMode } from "../interval-mode";
import type { PeerInfo } from "../protocol";
import { fill, words } from "../words";
import { h, show, text, uid } from "./dom";
import { MeterView } from "./meter-view";
import { PathView } from "./path-view";
import { personView } from "./person-view";
import type { StripMenu } from "./strip-menu";

export type Grade = "good" | "fair" | "poor";

/** Up to 30 ms feels like one room, up to 60 ms is playable with care. */
export function grade(ms: number): Grade {
  if (ms <= 30) return "good";
  return ms <= 60 ? "fair" : "poor";
}

const STAT_ROWS = ["engine", "sending", "trip", "buffer", "lost", "mended", "late", "underruns", "concealed"] as const;

export class StripView {
  readonly element: HTMLElement;
  readonly #meter: MeterView;
  readonly #state = h("span", { class: "badge jam-strip__state" });
  readonly #role = h("span", { class: "badge jam-strip__state", hidden: true });
  readonly #latency = h("p", { class: "jam-latency" });
  readonly #mute: HTMLButtonElement;
  readonly #solo: HTMLButtonElement;
  readonly #live: HTMLButtonElement;
  readonly #aside = h("span", { class: "badge jam-strip__state", hidden: true });
  readonly #volume: HTMLInputElement;
  readonly #pan: HTMLInputElement;
  readonly #values = new Map<string, HTMLElement>();
  readonly #path: PathView;

  constructor(
    public player: Player,
    readonly mixer: Mixer,
    readonly menu: StripMenu,
    readonly clock: () => number | null,
    readonly intervals: IntervalMode,
    readonly ownMuted: () => boolean,
    direct: Direct,
  ) {
    this.#path = new PathView(direct);
    const name = player.info.shown || player.info.name;
    this.#meter = new MeterView(fill(words.room.level, { name }));
    const { user } = player.info;
    const mix = mixer.of(user);
    const toggle = (what: "muted" | "solo"): HTMLButtonElement =>
      h("button", {
        class: "button button--quiet", type: "button", click: () => {
          mixer.change(user, { [what]: !mixer.of(user)[what] });
          this.update();
        },
      });
    this.#mute = toggle("muted");
    this.#solo = toggle("solo");
    this.#live = h("button", {
      class: "button button--quiet", type: "button",
      "aria-label": fill(words.interval.hearLiveOf, { name }),
      click: () => intervals.hearLive(user, !intervals.hearsLive(user)),
    }, words.interval.hearLive);
    this.#volume = h("input", {
      type: "range", min: 0, max: 150, step: 1, value: Math.round(mix.volume * 100),
      "aria-label": fill(words.room.volume, { name }),
      input: () => mixer.change(user, { volume: Number(this.#volume.value) / 100 }),
    });
    const pan = uid("jam-pan");
    this.#pan = h("input", {
      id: pan, type: "range", min: -100, max: 100, step: 5, value: Math.round(mix.pan * 100),
      input: () => {
        mixer.change(user, { pan: Number(this.#pan.value) / 100 });
        this.#sayPan();
      },
    });
    const rows = STAT_ROWS.flatMap((key) => {
      const value = h("dd", {}, "–");
      this.#values.set(key, value);
      return [h("dt", {}, words.stats[key]), value];
    });
    this.element = h(
      "li",
      { class: "jam-strip card" },
      h(
        "div",
        { class: "jam-strip__head" },
        personView(player.info, name),
        this.#role,
        this.#aside,
        this.#state,
        menu.element,
      ),
      this.#meter.element,
      h("div", { class: "jam-strip__mix" }, this.#volume, this.#mute, this.#solo, this.#live),
      h("div", { class: "jam-strip__pan" }, h("label", { for: pan }, words.room.pan), this.#pan),
      this.#latency,
      h(
        "details",
        {},
        h("summary", {}, words.room.details),
        this.#path.element,
        h("dl", { class: "jam-stats" }, ...rows),
      ),
    );
    this.#sayPan();
    this.update();
  }

  /** Words for where somebody stands: a number of percent says nothing to who hears it read. */
  #sayPan(): void {
    const place = Number(this.#pan.value);
    const { left, middle, right } = words.room.panned;
    const said = place === 0 ? middle : fill(place < 0 ? left : right, { percent: Math.abs(place) });
    this.#pan.setAttribute("aria-valuetext", said);
  }

  level(level: Level): void {
    this.#meter.update(level);
  }

  update(): void {
    const { player } = this;
    const { muted } = player.info;
    const name = player.info.shown || player.info.name;
    const { state } = player.link;
    const { muted: silenced, solo } = this.mixer.of(player.info.user);
    const byHost = this.menu.hosting.mutedByHost(player.info);
    const shown = (muted || byHost) && state === "open" ? "muted" : player.stopped ? "stopped" : state;
    text(
      this.#state,
      shown === "muted" ? (byHost ? words.host.mutedOther : words.room.mutedOther) : shown === "stopped" ? words.room.stopped : words.link[shown],
    );
    this.#state.dataset["state"] = shown;
    text(this.#mute, silenced ? words.room.hearShort : words.room.silenceShort);
    this.#mute.setAttribute("aria-label", fill(silenced ? words.room.hear : words.room.silence, { name }));
    this.#mute.setAttribute("aria-pressed", String(silenced));
    text(this.#solo, words.room.solo);
    this.#solo.setAttribute("aria-label", fill(words.room.soloOf, { name }));
    this.#solo.setAttribute("aria-pressed", String(solo));
    this.element.dataset["silent"] = String(player.strip.silent);
    this.#mute.disabled = byHost;
    this.#showHosting(player.info);
    this.#showInterval();
    this.#showLatency();
    this.#path.update(player);
  }

  #showInterval(): void {
    const { player, intervals } = this;
    show(this.#live, intervals.on && player.canInterval);
    this.#live.setAttribute("aria-pressed", String(intervals.hearsLive(player.info.user)));
    const deaf = !player.hearsMe && player.link.state === "open" && !this.ownMuted();
    const said = player.talking ? words.interval.talking : deaf ? words.room.deaf
      : player.late ? words.interval.late : "";
    text(this.#aside, said);
    this.#aside.dataset["state"] = player.talking ? "talking" : "stopped";
    show(this.#aside, said !== "");
  }

  /** Whose turn it is says more than who hosts. */
  #showHosting(info: PeerInfo): void {
    const { hosting } = this.menu;
    const now = this.clock();
    const role = hosting.roleOf(info);
    const left = hosting.turnOf(info, now);
    const turn = left === null ? "" : fill(words.host.turn, { seconds: left });
    text(this.#role, turn || (role === "player" ? "" : words.host.roles[role]));
    show(this.#role, turn !== "" || role !== "player");
    this.element.classList.toggle("jam-strip--turn", turn !== "");
    this.menu.update(info, now);
  }

  #showLatency(): void {
    const { stats, info, link } = this.player;
    const ms = stats.latencyMs;
    show(this.#latency, link.state === "open");
    if (this.player.byInterval) {
      text(this.#latency, fill(words.interval.later, { seconds: (this.intervals.ms / 1000).toFixed(1) }));
      this.#latency.dataset["grade"] = "good";
      return;
    }
    if (ms === null) {
      text(this.#latency, words.latency.measuring);
      delete this.#latency.dataset["grade"];
      return;
    }
    const rounded = Math.round(ms);
    const step = grade(rounded);
    text(this.#latency, fill(words.latency.text, { ms: rounded, word: words.latency[step] }));
    this.#latency.dataset["grade"] = step;
    this.#latency.title = fill(words.latency.label, {
      ms: rounded, name: info.shown || info.name, word: words.latency[step],
    });
  }

  /** Twice a second. */
  figures(): void {
    const { stats } = this.player;
    const ms = (value: number | null): string => (value === null ? "–" : `${value.toFixed(1)} ms`);
    const rows: Record<(typeof STAT_ROWS)[number], string> = {
      engine: stats.engine ?? "–",
      sending: stats.sending ?? "–",
      trip: ms(stats.roundTripMs),
      buffer: ms(stats.bufferMs),
      lost: String(stats.lost),
      mended: String(stats.mended),
      late: String(stats.late),
      underruns: String(stats.underruns),
      concealed: ms(stats.concealedMs),
    };
    for (const key of STAT_ROWS) text(this.#values.get(key)!, rows[key]);
    this.update();
  }
}
