// Cached ranges of wasm memory with LRU eviction: packed weights and tables, whose content can be recomputed. They are evicted when
// memory runs out or a limit is exceeded. Finalizers alone are not enough, because they run only between tasks.

/** The allocator of cached ranges. */
interface Memory {
  /** the number of the call in progress, whose ranges are not evicted; 0 between calls */
  readonly call: number;
  allocate(bytes: number, purpose: string): number;
  release(address: number): void;
}

/** Cached ranges with a size limit, beyond which the least recently used ones are evicted. */
export class LruList {
  readonly #ranges = new Set<Cached>();
  #bytes = 0;

  /** @param most size limit in bytes */
  constructor(readonly most: number) {}

  /** Adds a range that the call in progress uses, and evicts others down to the limit. */
  add(range: Cached, bytes: number, call: number): void {
    this.#ranges.add(range);
    this.#bytes += bytes;
    while (this.#bytes > this.most && this.dropOldest(call));
  }

  remove(range: Cached, bytes: number): void {
    this.#ranges.delete(range);
    this.#bytes -= bytes;
  }

  /**
   * Evicts the least recently used range. It is searched for, because that is rare: keeping a Set in the order of use took 0.14 us of every
   * call of a network.
   * @returns false if the call in progress uses all that are left
   */
  dropOldest(call: number): boolean {
    let oldest: Cached | undefined;
    for (const range of this.#ranges) if (!oldest || range.lastCall < oldest.lastCall) oldest = range;
    if (!oldest || oldest.lastCall === call) return false;
    oldest.release();
    oldest.dropped();
    return true;
  }
}

/** A range of memory that may be evicted between two calls. */
export class Cached {
  /** -1 while it has no memory */
  address = -1;
  /** the number of the call that used it last; -1 if none did */
  lastCall = -1;
  #bytes = 0;
  #lruList: LruList;

  /**
   * @param lruList the list for its first call
   * @param lruListOfSecondUse the list from the second call that uses it
   * @param dropped called after eviction, and after a failed allocation
   */
  constructor(
    readonly memory: Memory,
    lruList: LruList,
    readonly lruListOfSecondUse: LruList,
    readonly dropped: () => void,
  ) {
    this.#lruList = lruList;
  }

  /**
   * Marks the range as used by the call in progress.
   * @returns whether it still has its memory and content
   */
  use(): boolean {
    const { call } = this.memory;
    const isSecondUse = this.lastCall >= 0 && this.lastCall !== call;
    this.lastCall = call;
    if (isSecondUse && this.#lruList !== this.lruListOfSecondUse) {
      this.#lruList.remove(this, this.#bytes);
      this.#lruList = this.lruListOfSecondUse;
      if (this.address >= 0) this.#lruList.add(this, this.#bytes, call);
    }
    return this.address >= 0;
  }

  /**
   * Allocates the range for the call in progress, which has called `use`.
   * @param beside bytes of associated JavaScript objects, which count towards the limit
   * @throws RangeError if there is not enough memory
   */
  take(bytes: number, beside: number, purpose: string): void {
    this.#lruList.add(this, bytes + beside, this.memory.call);
    try {
      this.address = this.memory.allocate(bytes, purpose);
    } catch (error) {
      this.#lruList.remove(this, bytes + beside);
      this.dropped();
      throw error;
    }
    this.#bytes = bytes + beside;
  }

  /** Frees the memory. */
  release(): void {
    if (this.address < 0) return;
    this.memory.release(this.address);
    this.address = -1;
    this.#lruList.remove(this, this.#bytes);
    this.#bytes = 0;
  }
}
