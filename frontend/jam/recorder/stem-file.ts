// Where a stem lies on this machine until the server has it: the origin-private file system, or, where
// that is missing, memory (which the room says in plain sight).
//
// stems/<id>.pcm holds the frames; <id>.a.json and <id>.b.json are written in turn, so that one of them is
// whole whatever moment the tab is killed in.

export interface StemMeta {
  stem: string;
  recording: string;
  session: string;
  rate: number;
  channels: number;
  state: "capturing" | "ended";
  /** [frame, session ms] */
  clock: [number, number][];
  /** counts savings: the higher of the two descriptions is the newer */
  generation: number;
}

export interface StemFile {
  readonly durable: boolean;
  size(): number;
  write(bytes: Uint8Array<ArrayBuffer>): void;
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  truncate(size: number): void;
  flush(): void;
  saveMeta(meta: StemMeta): Promise<void>;
  close(): void;
  remove(): Promise<void>;
}

interface SyncFile extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle("stems", { create: true });
}

export async function hasPrivateFiles(): Promise<boolean> {
  try {
    const probe = (await (await folder()).getFileHandle(".probe", { create: true })) as SyncFile;
    if (typeof probe.createSyncAccessHandle !== "function") return false;
    return true;
  } catch {
    return false; // private windows of some browsers
  }
}

class PrivateFile implements StemFile {
  readonly durable = true;

  private constructor(
    readonly home: FileSystemDirectoryHandle,
    readonly stem: string,
    readonly handle: FileSystemSyncAccessHandle,
  ) {}

  static async open(stem: string): Promise<PrivateFile> {
    const home = await folder();
    const file = (await home.getFileHandle(`${stem}.pcm`, { create: true })) as SyncFile;
    // A tab that was just killed may still hold the file for a moment.
    for (let tries = 0; ; tries += 1) {
      try {
        return new PrivateFile(home, stem, await file.createSyncAccessHandle());
      } catch (problem) {
        if (tries >= 20) throw problem;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    }
  }

  size(): number {
    return this.handle.getSize();
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    const at = this.handle.getSize();
    const written = this.handle.write(bytes, { at });
    if (written !== bytes.length) throw new DOMException("The disk is full.", "QuotaExceededError");
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    const got = this.handle.read(bytes, { at: offset });
    return bytes.subarray(0, got);
  }

  truncate(size: number): void {
    this.handle.truncate(size);
  }

  flush(): void {
    this.handle.flush();
  }

  async saveMeta(meta: StemMeta): Promise<void> {
    meta.generation += 1;
    const name = `${this.stem}.${meta.generation % 2 ? "a" : "b"}.json`;
    const file = (await this.home.getFileHandle(name, { create: true })) as SyncFile;
    const handle = await file.createSyncAccessHandle();
    try {
      handle.truncate(0);
      handle.write(new TextEncoder().encode(JSON.stringify(meta)), { at: 0 });
      handle.flush();
    } finally {
      handle.close();
    }
  }

  close(): void {
    this.handle.close();
  }

  async remove(): Promise<void> {
    this.close();
    for (const end of ["pcm", "a.json", "b.json"]) {
      await this.home.removeEntry(`${this.stem}.${end}`).catch(() => undefined);
    }
  }
}

class MemoryFile implements StemFile {
  readonly durable = false;
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(bytes.slice());
    this.#size += bytes.length;
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(Math.max(0, Math.min(length, this.#size - offset)));
    let at = 0;
    for (const part of this.#parts) {
      const from = Math.max(offset, at);
      const to = Math.min(offset + out.length, at + part.length);
      if (from < to) out.set(part.subarray(from - at, to - at), from - offset);
      at += part.length;
    }
    return out;
  }

  truncate(size: number): void {
    while (this.#size > size) {
      const last = this.#parts.pop()!;
      this.#size -= last.length;
      if (this.#size < size) this.write(last.subarray(0, size - this.#size));
    }
  }

  flush(): void {}
  async saveMeta(): Promise<void> {}
  close(): void {}
  async remove(): Promise<void> {
    this.#parts = [];
    this.#size = 0;
  }
}

export async function openStem(stem: string): Promise<StemFile> {
  return (await hasPrivateFiles()) ? PrivateFile.open(stem) : new MemoryFile();
}

async function readMeta(home: FileSystemDirectoryHandle, name: string): Promise<StemMeta | null> {
  try {
    const file = await (await home.getFileHandle(name)).getFile();
    return JSON.parse(await file.text()) as StemMeta;
  } catch {
    return null; // not there, or half written
  }
}

/** The newest whole description of a stem that lies here. */
export async function stemMeta(stem: string): Promise<StemMeta | null> {
  if (!(await hasPrivateFiles())) return null;
  const home = await folder();
  const metas = [await readMeta(home, `${stem}.a.json`), await readMeta(home, `${stem}.b.json`)];
  return metas.reduce((best, meta) =>
    meta && (!best || meta.generation > best.generation) ? meta : best, null);
}

/** Ids of all stems that lie here. */
export async function localStems(): Promise<string[]> {
  if (!(await hasPrivateFiles())) return [];
  const names: string[] = [];
  const home = (await folder()) as FileSystemDirectoryHandle & {
    keys(): AsyncIterable<string>;
  };
  for await (const name of home.keys()) {
    if (name.endsWith(".pcm")) names.push(name.slice(0, -4));
  }
  return names;
}

/** A stem's sound as a file, and when it was last written; null where none lies here. */
export async function soundOf(stem: string): Promise<File | null> {
  try {
    return await (await (await folder()).getFileHandle(`${stem}.pcm`)).getFile();
  } catch {
    return null;
  }
}

export async function removeStem(stem: string): Promise<void> {
  const home = await folder();
  for (const end of ["pcm", "a.json", "b.json"]) {
    await home.removeEntry(`${stem}.${end}`).catch(() => undefined);
  }
}
