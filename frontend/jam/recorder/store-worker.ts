// The store worker: writes the running take to disk, uploads it as it grows, and finishes what earlier
// pages left behind. A Web Lock for each stem keeps two tabs from working on the same one.
import type { CaptureBatch } from "../engine/capture-processor";
import { machineNow } from "../clock";
import {
  hasPrivateFiles, localStems, openStem, removeStem, soundOf, stemMeta, type StemFile, type StemMeta,
} from "./stem-file";
import { StemWriter, bytesPerFrame } from "./stem-writer";
import { WallClock } from "./wall-clock";
import { wavHead } from "./wav";
import { Uploader, type Progress } from "./uploader";

export interface TakeSetup {
  stem: string;
  recording: string;
  session: string;
  rate: number;
  channels: number;
  startsAt: number | null;
  /** session ms of the longest a take can be: it ends there by itself */
  endsAt: number | null;
}

export type ToStore =
  | { t: "site"; stems: string; csrf: string }
  | { t: "clock"; offset: number }
  | { t: "source"; port: MessagePort; rate: number; channels: number }
  | { t: "start"; take: TakeSetup }
  | { t: "stop"; stopsAt: number | null }
  /** `hold`: a session whose stems are sent but not ended, as its room may yet go on with them */
  | { t: "resume"; hold: string | null }
  | { t: "online" }
  | { t: "list" }
  | { t: "file"; stem: string }
  | { t: "remove"; stem: string };

/** A stem that lies on this machine. */
export interface Kept {
  stem: string;
  /** ms since 1970 of its last sound */
  at: number;
  seconds: number;
}

export type FromStore =
  | { t: "storage"; durable: boolean }
  | { t: "site?" }
  | { t: "progress"; progress: Progress }
  | { t: "capturing"; stem: string; frames: number }
  /** so much of the take is known to be lost by now; silence stands there */
  | { t: "lost"; recording: string; ms: number }
  | { t: "problem"; reason: "diskFull" | "format" | "storage" | "limit" }
  | { t: "list"; stems: Kept[] }
  /** null: it lies here no more */
  | { t: "file"; stem: string; wav: Blob | null };

interface Scope {
  postMessage(message: FromStore): void;
  onmessage: ((event: MessageEvent<ToStore>) => void) | null;
}

interface Take {
  stem: string;
  writer: StemWriter | null;
  uploader: Uploader | null;
  stopping: number | null | undefined;
  /** what came before the file was open */
  early: CaptureBatch[];
  channels: number;
  /** no more sound will be written */
  over: Promise<void>;
  end: () => void;
}

const STOP_PATIENCE_MS = 4000;
const IDLE_MS = 500;

/** A change of input mid-take may bring other channels than the stem has. */
function fit(batch: CaptureBatch, from: number, to: number): CaptureBatch {
  if (from === to) return batch;
  const frames = batch.samples.length / from;
  const samples = new Float32Array(frames * to);
  for (let i = 0; i < frames; i += 1) {
    if (to === 2) {
      samples[2 * i] = batch.samples[i]!;
      samples[2 * i + 1] = batch.samples[i]!;
    } else samples[i] = (batch.samples[2 * i]! + batch.samples[2 * i + 1]!) / 2;
  }
  return { ...batch, samples };
}

export function runStoreWorker(scope: Scope): void {
  let stems = "";
  let csrf = "";
  let siteWaiters: (() => void)[] = [];
  let offset = 0;
  let source: { port: MessagePort; rate: number; channels: number } | null = null;
  let take: Take | null = null;
  /** session whose stems are sent but not ended yet */
  let held: string | null = null;
  const busy = new Map<string, Uploader | null>(); // stems this worker works on
  /** refused ones that no disk holds */
  const inMemory = new Map<string, { file: StemFile; meta: StemMeta }>();
  const wall = new WallClock();
  /** counts batches: a take's end waits while there are more */
  let heard = 0;

  const site = {
    get stems() {
      return stems;
    },
    async csrf(): Promise<string> {
      // The page reads the cookie each time: it may have changed since.
      await new Promise<void>((resolve) => {
        siteWaiters.push(resolve);
        scope.postMessage({ t: "site?" });
        setTimeout(resolve, 1000);
      });
      return csrf;
    },
  };

  const report = (progress: Progress): void => scope.postMessage({ t: "progress", progress });

  /** `wait`: until another holder (a tab that is just being closed) lets go. */
  function underLock(stem: string, wait: boolean, work: () => Promise<void>): Promise<void> {
    const locks = (navigator as { locks?: LockManager }).locks;
    if (!locks) return work();
    return locks.request(`jamsite-stem-${stem}`, { ifAvailable: !wait }, async (lock) => {
      if (lock) await work();
    });
  }

  async function finish(file: StemFile, meta: StemMeta, sent: Promise<boolean>): Promise<void> {
    try {
      if (await sent) await file.remove();
      else {
        if (!file.durable) inMemory.set(meta.stem, { file, meta });
        file.close();
      }
    } catch (problem) {
      console.error("jam-store", problem);
      file.close();
    }
  }

  // ---- the running take --------------------------------------------------------------------------

  async function start(setup: TakeSetup): Promise<void> {
    if (take?.stem === setup.stem) return;
    if (take) stop(null);
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const mine: Take = {
      stem: setup.stem, channels: setup.channels, writer: null, uploader: null, stopping: undefined,
      early: [], over, end,
    };
    take = mine;
    while (busy.has(setup.stem)) {
      const rescuer = busy.get(setup.stem); // at work on the earlier part since the page's start
      if (rescuer) rescuer.cancelled = true;
      rescuer?.nudge();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    busy.set(setup.stem, null);
    await underLock(setup.stem, true, () => capture(setup, mine));
    busy.delete(setup.stem);
    if (take === mine) take = null;
  }

  async function capture(setup: TakeSetup, mine: Take): Promise<void> {
    const before = await stemMeta(setup.stem);
    if (before && (before.rate !== setup.rate || before.channels !== setup.channels)) {
      scope.postMessage({ t: "problem", reason: "format" });
      return;
    }
    const file = await openStem(setup.stem);
    scope.postMessage({ t: "storage", durable: file.durable });
    const meta: StemMeta = before ?? {
      stem: setup.stem, recording: setup.recording, session: setup.session, rate: setup.rate,
      channels: setup.channels, state: "capturing", clock: [], generation: 0,
    };
    meta.state = "capturing";
    const writer = new StemWriter(file, meta, setup.startsAt, () => offset, () => wall.ahead());
    writer.stopsAt = setup.endsAt;
    let lost = 0;
    writer.onLost = (frames) => {
      lost += frames;
      const ms = (lost * 1000) / meta.rate;
      scope.postMessage({ t: "lost", recording: meta.recording, ms });
    };
    let saving = file.saveMeta(meta);
    const save = (): void => {
      saving = saving.then(() => file.saveMeta(meta)).catch(() => undefined);
    };
    writer.onPoint = save;
    const uploader = new Uploader(
      site, file, meta,
      () => ({ bytes: writer.frames * bytesPerFrame(meta), final: writer.ended }),
      report,
    );
    mine.writer = writer;
    mine.uploader = uploader;
    busy.set(setup.stem, uploader); // it outlives the take
    for (const early of mine.early.splice(0)) write(mine, writer, early);
    if (mine.stopping !== undefined) stopTake(mine, mine.stopping);
    const sent = uploader.run(); // may give up early; the take goes on being written all the same
    await mine.over;
    meta.state = "ended";
    save();
    await saving;
    if (take === mine) take = null;
    if (writer.frames === 0) {
      uploader.cancelled = true;
      uploader.nudge();
      await sent;
      await file.remove();
      return;
    }
    uploader.nudge();
    await finish(file, meta, sent);
  }

  let lastTold = 0;

  function batch(data: CaptureBatch): void {
    heard += 1;
    const writer = take?.writer;
    if (take && writer) write(take, writer, fit(data, source?.channels ?? 1, writer.meta.channels));
    else if (take) {
      const fitting = fit(data, source?.channels ?? 1, take.channels);
      take.early.push({ ...fitting, samples: fitting.samples.slice() });
    }
    source?.port.postMessage(data.samples.buffer, [data.samples.buffer]);
  }

  function write(mine: Take, writer: StemWriter, data: CaptureBatch): void {
    if (writer.ended) return;
    const limit = writer.stopsAt;
    try {
      writer.add(data);
    } catch (problem) {
      console.error("jam-store", problem);
      scope.postMessage({ t: "problem", reason: "diskFull" });
      writer.finish();
    }
    const now = machineNow();
    if (writer.ended) {
      if (mine.stopping === undefined && limit !== null) {
        scope.postMessage({ t: "problem", reason: "limit" });
      }
      mine.end();
    } else if (now - lastTold > 500) {
      lastTold = now;
      mine.uploader?.nudge();
      scope.postMessage({ t: "capturing", stem: writer.meta.stem, frames: writer.frames });
    }
  }

  function stop(stopsAt: number | null): void {
    if (take) stopTake(take, stopsAt);
  }

  function stopTake(which: Take, stopsAt: number | null): void {
    which.stopping = stopsAt;
    const { writer } = which;
    if (!writer) return;
    const end = (): void => {
      if (writer.ended) return;
      writer.finish();
      which.end();
    };
    if (stopsAt === null) {
      end();
      return;
    }
    writer.stopAt(stopsAt);
    if (writer.ended) {
      which.end();
      return;
    }
    // A context that stands still ends no take; one whose batches are only late is waited for.
    let seen = -1;
    const idle = (): void => {
      if (writer.ended) return;
      if (heard === seen) end();
      else {
        seen = heard;
        setTimeout(idle, IDLE_MS);
      }
    };
    const left = stopsAt - (machineNow() + offset);
    setTimeout(idle, Math.max(0, left) + STOP_PATIENCE_MS);
  }

  // ---- what was left behind ----------------------------------------------------------------------

  async function resume(hold: string | null): Promise<void> {
    held = hold;
    for (const uploader of busy.values()) uploader?.hurry();
    if (!(await hasPrivateFiles())) return;
    for (const stem of await localStems()) {
      if (busy.has(stem) || take?.stem === stem) continue;
      const meta = await stemMeta(stem);
      if (!meta) continue;
      void rescue(stem, meta);
    }
  }

  async function rescue(stem: string, meta: StemMeta): Promise<void> {
    busy.set(stem, null);
    await underLock(stem, false, async () => {
      const file = await openStem(stem);
      const bytes = Math.floor(file.size() / bytesPerFrame(meta)) * bytesPerFrame(meta);
      if (bytes === 0 || meta.clock.length === 0) {
        await file.remove();
        return;
      }
      const available = () => ({ bytes, final: meta.session !== held });
      const uploader = new Uploader(site, file, meta, available, report);
      busy.set(stem, uploader);
      await finish(file, meta, uploader.run());
    }).catch((problem: unknown) => console.warn("jam-store", problem));
    busy.delete(stem);
  }

  // ---- for the person ------------------------------------------------------------------------------

  async function list(): Promise<void> {
    const stems: Kept[] = [];
    for (const stem of await localStems()) {
      const [meta, sound] = [await stemMeta(stem), await soundOf(stem)];
      if (!meta || !sound || stem === take?.stem) continue;
      stems.push({ stem, at: sound.lastModified, seconds: sound.size / bytesPerFrame(meta) / meta.rate });
    }
    scope.postMessage({ t: "list", stems });
  }

  async function fileOf(stem: string): Promise<Blob | null> {
    const kept = inMemory.get(stem);
    const meta = kept?.meta ?? (await stemMeta(stem));
    const sound = kept ? kept.file.read(0, kept.file.size()) : await soundOf(stem);
    if (!meta || !sound) return null;
    const bytes = sound instanceof File ? sound.size : sound.length;
    return new Blob([wavHead(meta.rate, meta.channels, bytes), sound], { type: "audio/wav" });
  }

  scope.onmessage = ({ data }) => {
    switch (data.t) {
      case "site":
        stems = data.stems;
        csrf = data.csrf;
        for (const waiter of siteWaiters) waiter();
        siteWaiters = [];
        break;
      case "clock":
        offset = data.offset;
        break;
      case "source":
        source?.port.close();
        source = data;
        source.port.onmessage = ({ data: one }: MessageEvent<CaptureBatch>) => batch(one);
        take?.writer?.newSource();
        break;
      case "start":
        void start(data.take);
        break;
      case "stop":
        stop(data.stopsAt);
        break;
      case "resume":
        void resume(data.hold);
        break;
      case "online":
        for (const uploader of busy.values()) uploader?.hurry();
        take?.uploader?.hurry();
        break;
      case "list":
        void list();
        break;
      case "file":
        void fileOf(data.stem).then((wav) => scope.postMessage({ t: "file", stem: data.stem, wav }));
        break;
      case "remove":
        void underLock(data.stem, false, () => removeStem(data.stem)).then(list);
        break;
    }
  };
}
