// The AudioWorklet's globals, as far as our processors use them. Import this before a processor.

export interface Port {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown, transfer?: unknown[]): void;
}

export interface Processor {
  port: Port;
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

type Maker = new (options: { processorOptions: unknown }) => Processor;

export const RATE = 48_000;
const makers = new Map<string, Maker>();
const scope = globalThis as Record<string, unknown>;

scope["AudioWorkletProcessor"] = class {
  port: Port = { onmessage: null, postMessage: () => undefined };
};
scope["registerProcessor"] = (name: string, maker: Maker) => makers.set(name, maker);
scope["sampleRate"] = RATE;
scope["currentFrame"] = 0;

/** A node of this name, and what it posts to the page. */
export function processor(name: string, processorOptions: unknown): { node: Processor; posted: unknown[] } {
  const node = new (makers.get(name)!)({ processorOptions });
  const posted: unknown[] = [];
  node.port.postMessage = (message) => posted.push(message);
  return { node, posted };
}

export function setFrame(frame: number): void {
  scope["currentFrame"] = frame;
}
