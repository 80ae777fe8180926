// The part of Node's library that the tests use, so that the types need no further package.
declare module "node:test" {
  export function test(name: string, work: () => void | Promise<void>): Promise<void>;
}

declare module "node:assert/strict" {
  interface Assert {
    ok(value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    notEqual(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    throws(work: () => unknown, expected?: unknown): void;
    rejects(work: Promise<unknown> | (() => Promise<unknown>), expected?: unknown): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}

declare function setImmediate(work: () => void): unknown;

declare const Buffer: { from(data: string | Uint8Array): Uint8Array };
