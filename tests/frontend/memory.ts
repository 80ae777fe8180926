// A stem's file that lies nowhere.
import type { StemFile } from "../../frontend/jam/recorder/stem-file";

export class Memory implements StemFile {
  readonly durable = false;
  flushed = 0;
  #room = new Uint8Array(1 << 20);
  #size = 0;

  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#size);
  }
  size(): number {
    return this.#size;
  }
  write(more: Uint8Array): void {
    while (this.#size + more.length > this.#room.length) {
      const larger = new Uint8Array(2 * this.#room.length);
      larger.set(this.#room);
      this.#room = larger;
    }
    this.#room.set(more, this.#size);
    this.#size += more.length;
  }
  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes.slice(offset, offset + length));
  }
  truncate(size: number): void {
    this.#size = Math.min(this.#size, size);
  }
  flush(): void {
    this.flushed += 1;
  }
  close(): void {}
  async saveMeta(): Promise<void> {}
  async remove(): Promise<void> {}
}
