// A private file system like the browser's, in memory, that a test may damage. `navigator` gets it here.

type Handle = {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
};

export class Disk {
  readonly files = new Map<string, Uint8Array>();
  /** Names of files that somebody has open. */
  readonly open = new Set<string>();
  /** How many bytes fit on it. */
  room = Infinity;
  /** This browser has no private files. */
  missing = false;
  /** This browser can't write to them. */
  readonly = false;

  handle(name: string): Handle {
    if (this.open.has(name)) throw new Error("NoModificationAllowedError");
    this.open.add(name);
    const bytes = (): Uint8Array => this.files.get(name)!;
    return {
      getSize: () => bytes().length,
      read: (into, { at }) => {
        const got = bytes().subarray(at, at + into.length);
        into.set(got);
        return got.length;
      },
      write: (more, { at }) => {
        const used = [...this.files.values()].reduce((sum, one) => sum + one.length, 0);
        const taken = more.subarray(0, Math.max(0, this.room - used));
        const whole = new Uint8Array(Math.max(bytes().length, at + taken.length));
        whole.set(bytes());
        whole.set(taken, at);
        this.files.set(name, whole);
        return taken.length;
      },
      truncate: (size) => void this.files.set(name, bytes().slice(0, size)),
      flush: () => undefined,
      close: () => void this.open.delete(name),
    };
  }

  async folder(): Promise<unknown> {
    if (this.missing) throw new Error("SecurityError");
    return {
      getDirectoryHandle: async () => ({
        getFileHandle: async (name: string, { create = false } = {}) => {
          if (!this.files.has(name)) {
            if (!create) throw new Error("NotFoundError");
            this.files.set(name, new Uint8Array(0));
          }
          const file = { getFile: async () => new File([this.files.get(name)!.slice()], name) };
          return this.readonly ? file : { ...file, createSyncAccessHandle: async () => this.handle(name) };
        },
        removeEntry: async (name: string) => {
          if (!this.files.delete(name)) throw new Error("NotFoundError");
        },
        keys: () => this.files.keys(),
      }),
    };
  }
}

export const disk = new Disk();

Object.defineProperty(globalThis, "navigator", {
  value: { storage: { getDirectory: () => disk.folder() } },
  configurable: true,
});
