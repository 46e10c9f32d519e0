// Allocator: hands out ranges of the wasm memory, in whole cache lines. Knows nothing of wasm but that memory can grow.

import { aligned, WASM_PAGE } from '../core/bytes.js';

/** Largest end of a range, a page below 2^32: there an end address would be 0, and reads may go past the end of a range. */
const LARGEST_END = 0xffff_0000;

/** Bytes from `begin` on, up to but without `end`. */
interface Range {
  begin: number;
  end: number;
}

/** First fit over a list of free ranges, sorted and joined; the memory grows when none fits. */
export class Allocator {
  readonly #grow: (bytes: number) => boolean;
  /** bytes of each range that is in use, by its address */
  readonly #sizes = new Map<number, number>();
  readonly #free: Range[] = [];
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

  /** Bytes in ranges that are in use. */
  get live(): number {
    return this.#live;
  }

  /** The address of a new range, or -1 where there is no room. */
  allocate(bytes: number): number {
    const size = aligned(Math.max(bytes, 1));
    let index = this.#free.findIndex(({ begin, end }) => end - begin >= size);
    if (index < 0) {
      if (!this.#extend(size)) return -1;
      index = this.#free.length - 1;
    }
    const range = this.#free[index];
    const address = range.begin;
    range.begin += size;
    if (range.begin === range.end) this.#free.splice(index, 1);
    this.#sizes.set(address, size);
    this.#live += size;
    return address;
  }

  /**
   * Gives a range back.
   * @throws Error if no range in use begins there: it was given back before, or never handed out
   */
  release(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new Error(`no memory in use begins at address ${address}: released twice?`);
    this.#sizes.delete(address);
    this.#live -= size;
    this.#addFree(address, address + size);
  }

  /** Makes the last free range, which may be a new one, at least so large. */
  #extend(size: number): boolean {
    const last = this.#free.at(-1);
    const begin = last?.end === this.#end ? last.begin : this.#end;
    const end = Math.ceil((begin + size) / WASM_PAGE) * WASM_PAGE;
    if (end > LARGEST_END || !this.#grow(end)) return false;
    this.#addFree(this.#end, end);
    this.#end = end;
    return true;
  }

  /** Adds a range to the free ones, in its place and joined with the neighbours that it touches. */
  #addFree(begin: number, end: number): void {
    const free = this.#free;
    let index = free.findIndex((range) => range.begin > begin);
    if (index < 0) index = free.length;
    const before = free[index - 1];
    const after = free[index];
    const own = { begin, end };
    if (before?.end === begin) own.begin = before.begin;
    if (after?.begin === end) own.end = after.end;
    // in the place of those that it has joined
    const first = own.begin < begin ? index - 1 : index;
    free.splice(first, index - first + +(own.end > end), own);
  }
}
