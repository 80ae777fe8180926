// The store worker: writes the running take to disk, uploads it as it grows, and finishes what earlier
// pages left behind. A Web Lock for each stem keeps two tabs from working on the same one.
import type { CaptureBatch } from "../engine/capture-processor";
import { machineNow } from "../clock";
import { hasPrivateFiles, localStems, openStem, stemMeta, type StemFile, type StemMeta } from "./stem-file";
import { StemWriter, bytesPerFrame } from "./stem-writer";
import { Uploader, type Progress } from "./uploader";

export interface TakeSetup {
  stem: string;
  recording: string;
  session: string;
  rate: number;
  channels: number;
  startsAt: number | null;
}

export type ToStore =
  | { t: "site"; stems: string; csrf: string }
  | { t: "clock"; offset: number }
  | { t: "source"; port: MessagePort; rate: number; channels: number }
  | { t: "start"; take: TakeSetup }
  | { t: "stop"; stopsAt: number | null }
  /** `hold`: a session whose stems are sent but not ended, as its room may yet go on with them */
  | { t: "resume"; hold: string | null }
  | { t: "online" };

export type FromStore =
  | { t: "storage"; durable: boolean }
  | { t: "site?" }
  | { t: "progress"; progress: Progress }
  | { t: "capturing"; stem: string; frames: number }
  | { t: "problem"; reason: "full" | "format" | "storage" };

interface Scope {
  postMessage(message: FromStore): void;
  onmessage: ((event: MessageEvent<ToStore>) => void) | null;
}

interface Take {
  stem: string;
  writer: StemWriter | null;
  uploader: Uploader | null;
  stopping: number | null | undefined;
}

const STOP_PATIENCE_MS = 4000;

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
  return { frame: batch.frame, samples };
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

  async function finish(file: StemFile, sent: Promise<boolean>): Promise<void> {
    try {
      if (await sent) await file.remove();
      else file.close();
    } catch (problem) {
      console.error("jam-store", problem);
      file.close();
    }
  }

  // ---- the running take --------------------------------------------------------------------------

  async function start(setup: TakeSetup): Promise<void> {
    if (take?.stem === setup.stem) return;
    if (take) stop(null);
    const mine: Take = { stem: setup.stem, writer: null, uploader: null, stopping: undefined };
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
    const writer = new StemWriter(file, meta, setup.startsAt, () => offset);
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
    if (mine.stopping !== undefined) stopTake(mine, mine.stopping);
    const sent = uploader.run(); // may give up early; the take goes on being written all the same
    await new Promise<void>((resolve) => (endOfTake = resolve));
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
    await finish(file, sent);
  }

  let endOfTake: () => void = () => undefined;
  let lastTold = 0;

  function batch(data: CaptureBatch): void {
    const at = machineNow();
    const writer = take?.writer;
    if (writer && !writer.ended) {
      try {
        writer.add(fit(data, source?.channels ?? 1, writer.meta.channels), at);
      } catch (problem) {
        console.error("jam-store", problem);
        scope.postMessage({ t: "problem", reason: "full" });
        writer.finish();
      }
      if (writer.ended) endOfTake();
      else if (at - lastTold > 500) {
        lastTold = at;
        take?.uploader?.nudge();
        scope.postMessage({ t: "capturing", stem: writer.meta.stem, frames: writer.frames });
      }
    }
    source?.port.postMessage(data.samples.buffer, [data.samples.buffer]);
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
      endOfTake();
    };
    if (stopsAt === null) {
      end();
      return;
    }
    writer.stopsAt = stopsAt;
    const left = stopsAt - (machineNow() + offset);
    setTimeout(end, Math.max(0, left) + STOP_PATIENCE_MS); // a context that stands still ends no take
  }

  // ---- what was left behind ----------------------------------------------------------------------

  async function resume(hold: string | null): Promise<void> {
    held = hold;
    for (const uploader of busy.values()) uploader?.nudge();
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
      await finish(file, uploader.run());
    }).catch((problem: unknown) => console.warn("jam-store", problem));
    busy.delete(stem);
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
        for (const uploader of busy.values()) uploader?.nudge();
        take?.uploader?.nudge();
        break;
    }
  };
}
