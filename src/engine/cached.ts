// Cached: ranges of memory whose content can be made again. Where memory lacks, and beyond a bound, those not used for longest are
// given back. So memory need not wait for the garbage collector, which says what it collected only between tasks.

/** What cached ranges take their memory from. */
interface Memory {
  /** the number of the call in progress, whose ranges stay; 0 between calls */
  readonly call: number;
  allocate(bytes: number, purpose: string): number;
  release(address: number): void;
}

/** A place in a ring. */
class Link {
  older: Link = this;
  newer: Link = this;

  /** Goes out of its ring. */
  leave(): void {
    this.older.newer = this.newer;
    this.newer.older = this.older;
    this.older = this;
    this.newer = this;
  }

  /** Goes before a place of a ring, out of where it was. */
  moveBefore(place: Link): void {
    this.leave();
    this.older = place.older;
    this.newer = place;
    place.older.newer = this;
    place.older = this;
  }
}

/** Cached ranges in the order of their last use, with a bound. */
export class LruList {
  /** between the newest and the oldest */
  readonly end = new Link();
  #bytes = 0;

  /** @param most bytes; beyond them the ranges not used for longest are given back */
  constructor(readonly most: number) {}

  /** Counts the bytes of a range, and makes room for them. */
  add(bytes: number, call: number): void {
    this.#bytes += bytes;
    while (this.#bytes > this.most && this.dropOldest(call));
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Gives the range not used for longest back; false where the call in progress uses all that are left. */
  dropOldest(call: number): boolean {
    const oldest = this.end.newer;
    if (!(oldest instanceof Cached) || oldest.lastCall === call) return false;
    oldest.release();
    oldest.dropped();
    return true;
  }
}

/** A range of memory that may be given back between two calls. */
export class Cached extends Link {
  /** -1 where it has no memory */
  address = -1;
  /** the number of the call that used it last; -1 where none did */
  lastCall = -1;
  #bytes = 0;
  #lruList: LruList;

  /**
   * @param lruList where it stands first
   * @param lruListOfSecondUse where it stands from the second call on that uses it
   * @param dropped is called when the memory was given back to make room, or could not be had
   */
  constructor(
    readonly memory: Memory,
    lruList: LruList,
    readonly lruListOfSecondUse: LruList,
    readonly dropped: () => void,
  ) {
    super();
    this.#lruList = lruList;
  }

  /**
   * Says that the call in progress uses the range.
   * @returns whether it has memory, and so what was written there
   */
  use(): boolean {
    const { call } = this.memory;
    const isSecondUse = this.lastCall >= 0 && this.lastCall !== call;
    this.lastCall = call;
    if (isSecondUse && this.#lruList !== this.lruListOfSecondUse) {
      this.#lruList.remove(this.#bytes);
      this.#lruList = this.lruListOfSecondUse;
      this.#lruList.add(this.#bytes, call);
    }
    const { end } = this.#lruList;
    if (this.address >= 0 && this.newer !== end) this.moveBefore(end);
    return this.address >= 0;
  }

  /**
   * Takes memory, for the call in progress.
   * @param beside bytes of JavaScript that go with it, which the LRU list counts too
   * @throws RangeError if memory is insufficient
   */
  take(bytes: number, beside: number, purpose: string): void {
    this.#lruList.add(bytes + beside, this.memory.call);
    try {
      this.address = this.memory.allocate(bytes, purpose);
    } catch (error) {
      this.#lruList.remove(bytes + beside);
      this.dropped();
      throw error;
    }
    this.#bytes = bytes + beside;
    this.moveBefore(this.#lruList.end);
  }

  /** Gives the memory back. */
  release(): void {
    if (this.address < 0) return;
    this.memory.release(this.address);
    this.address = -1;
    this.#lruList.remove(this.#bytes);
    this.#bytes = 0;
    this.leave();
  }
}
