// In the first seconds after joining a howl mutes: nobody else should have to hear it.
import type { AudioGraph } from "./engine/graph";
import { FeedbackGuard, LOOK_MS } from "./feedback";

const GUARDED_MS = 10_000; // after joining

/** Listens to one's own input while `heard` says that it goes to the others; calls `howls` once at most. */
export function guardInput(graph: AudioGraph, heard: () => boolean, howls: () => void): void {
  const analyser = graph.listenToInput(2048);
  analyser.smoothingTimeConstant = 0;
  const bins = new Float32Array(analyser.frequencyBinCount);
  const guard = new FeedbackGuard();
  const end = performance.now() + GUARDED_MS;
  const timer = setInterval(() => {
    analyser.getFloatFrequencyData(bins);
    const loud = heard() && guard.look(bins);
    if (loud) howls();
    if (!loud && performance.now() < end && graph.context.state !== "closed") return;
    clearInterval(timer);
    analyser.disconnect();
  }, LOOK_MS);
}
