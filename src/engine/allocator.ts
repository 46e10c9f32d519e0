// Memory: hands out blocks of the wasm memory, whole cache lines. Knows nothing of wasm but that memory can grow.

import { aligned } from '../core/bytes.js';

/** Largest end of a block: at 2^32 an end address would be 0, and the last page is left to reads past the end of a block. */
const MOST = 0xffff_0000;

/** First fit over a sorted list of free blocks; the memory grows when none fits. */
export class Allocator {
  readonly #grow: (bytes: number) => boolean;
  readonly #sizes = new Map<number, number>();
  #free: { begin: number; end: number }[] = [];
  #end: number;
  #live = 0;

  /**
   * @param begin first byte that may be handed out
   * @param end size of the memory now
   * @param grow makes the memory at least so many bytes large; false if that can't be
   */
  constructor(begin: number, end: number, grow: (bytes: number) => boolean) {
    const first = aligned(begin);
    this.#grow = grow;
    this.#end = Math.max(first, end);
    if (end > first) this.#free.push({ begin: first, end });
  }

  /** Bytes in blocks that are in use. */
  get live(): number {
    return this.#live;
  }

  /** The address of a new block, or -1 where there is no room. */
  allocate(bytes: number): number {
    const size = aligned(Math.max(bytes, 1));
    let index = this.#free.findIndex((block) => block.end - block.begin >= size);
    if (index < 0) {
      if (!this.#extend(size)) return -1;
      index = this.#free.length - 1;
    }
    const block = this.#free[index] as { begin: number; end: number };
    const address = block.begin;
    block.begin += size;
    if (block.begin === block.end) this.#free.splice(index, 1);
    this.#sizes.set(address, size);
    this.#live += size;
    return address;
  }

  /** Gives a block back; an address that isn't one is ignored. */
  release(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    this.#live -= size;
    this.#give(address, address + size);
  }

  #extend(size: number): boolean {
    const last = this.#free.at(-1);
    const begin = last?.end === this.#end ? last.begin : this.#end;
    const end = Math.ceil((begin + size) / 65536) * 65536;
    if (end > MOST || !this.#grow(end)) return false;
    this.#give(this.#end, end);
    this.#end = end;
    return true;
  }

  /** Adds a free block, joined with its neighbours. */
  #give(begin: number, end: number): void {
    const blocks = [...this.#free, { begin, end }].sort((a, b) => a.begin - b.begin);
    this.#free = [];
    for (const block of blocks) {
      const last = this.#free.at(-1);
      if (last?.end === block.begin) last.end = block.end;
      else this.#free.push(block);
    }
  }
}
