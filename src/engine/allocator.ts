// Allocator: a first-fit allocator for the wasm memory, in multiples of a cache line.

import { aligned, WASM_PAGE } from '../core/bytes.js';

/** The largest end of a range: a page below 2^32, where an end address would wrap to 0, and kernels may read past the end of a range. */
const LARGEST_END = 0xffff_0000;

/** Below this size memory grows only as needed, because V8 does not collect garbage at once: 32 MB. */
const SMALL = 0x200_0000;

/** The bytes from `begin` to `end`, exclusive. */
interface Range {
  begin: number;
  end: number;
}

/** First fit, or last, over a sorted list of free ranges, in which neighbours are merged. The memory grows if none fits. */
export class Allocator {
  readonly #grow: (bytes: number) => boolean;
  /** sizes of the allocated ranges, by address */
  readonly #sizes = new Map<number, number>();
  readonly #free: Range[] = [];
  #end: number;
  #live = 0;

  /**
   * @param begin the first byte that may be allocated
   * @param end the current size of the memory
   * @param grow grows the memory to this many bytes, whole pages; returns false on failure
   */
  constructor(begin: number, end: number, grow: (bytes: number) => boolean) {
    const first = aligned(begin);
    this.#grow = grow;
    this.#end = Math.max(first, end);
    if (end > first) this.#free.push({ begin: first, end });
  }

  /** Allocated bytes. */
  get live(): number {
    return this.#live;
  }

  /**
   * Allocates a range: the first that fits.
   * @param atEnd the last one, from its end
   * @returns its address, or -1 if there is not enough memory
   */
  allocate(bytes: number, atEnd = false): number {
    const size = aligned(Math.max(bytes, 1));
    const fits = ({ begin, end }: Range) => end - begin >= size;
    const index = atEnd ? this.#free.findLastIndex(fits) : this.#free.findIndex(fits);
    if (index < 0) return this.#extend(size) ? this.allocate(bytes, atEnd) : -1;
    const range = this.#free[index];
    const address = atEnd ? (range.end -= size) : range.begin;
    if (!atEnd) range.begin += size;
    if (range.begin === range.end) this.#free.splice(index, 1);
    this.#sizes.set(address, size);
    this.#live += size;
    return address;
  }

  /**
   * Frees a range.
   * @throws Error if no allocated range begins there
   */
  release(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new Error(`no memory is allocated at ${address}: released twice?`);
    this.#sizes.delete(address);
    this.#live -= size;
    this.#addFree(address, address + size);
  }

  /**
   * Grows the memory so that its last free range is at least this large. From SMALL on it grows further if it can, by what
   * exceeds SMALL: V8 then collects garbage at every growth (2 to 5 ms), and untouched memory costs nothing.
   */
  #extend(size: number): boolean {
    const last = this.#free.at(-1);
    const least = (last?.end === this.#end ? last.begin : this.#end) + size;
    for (const bytes of [Math.max(least, 2 * this.#end - SMALL), least]) {
      const end = Math.ceil(bytes / WASM_PAGE) * WASM_PAGE;
      if (end <= LARGEST_END && this.#grow(end)) {
        this.#addFree(this.#end, end);
        this.#end = end;
        return true;
      }
    }
    return false;
  }

  /** Inserts a range into the sorted free list, merged with adjacent free ranges. */
  #addFree(begin: number, end: number): void {
    const free = this.#free;
    let index = free.findIndex((range) => range.begin > begin);
    if (index < 0) index = free.length;
    const before = free[index - 1];
    const after = free[index];
    const joinsBefore = before?.end === begin;
    const joinsAfter = after?.begin === end;
    free.splice(index - +joinsBefore, +joinsBefore + +joinsAfter, {
      begin: joinsBefore ? before.begin : begin,
      end: joinsAfter ? after.end : end,
    });
  }
}
