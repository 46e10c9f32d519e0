// Desks: what each thread of a pool works in, in the memory that they share.

import { aligned, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import type { DeskBytes } from '../plan/algorithms/algorithm.js';
import { deskAt } from '../run/desk.js';
import { Desk } from '../shared/task.js';
import { DESK, wordOf } from './control.js';

/** Bytes of the fields of a desk; its areas follow. */
const FIELDS = aligned(WORD_BYTES * Object.keys(new Desk()).length);

/** As many desks as threads. */
export class Desks {
  #address = -1;
  /** bytes that the areas of each may take */
  #bytes = 0;
  /** the areas that they are divided into */
  #areas: DeskBytes | undefined;

  /** @param control the control words, where each thread finds the address of its desk */
  constructor(
    readonly engine: Engine,
    readonly control: Int32Array,
    readonly count: number,
  ) {}

  /** Takes memory for such areas, unless there is enough. Where memory lacks, calls that need them stay on one thread. */
  makeRoom(areas: DeskBytes): void {
    const bytes = bytesOf(areas);
    if (bytes <= this.#bytes) return;
    this.release();
    try {
      this.#address = this.engine.allocate(this.count * (FIELDS + bytes), 'the desks of threads');
      this.#bytes = bytes;
    } catch {
      // there is none
    }
  }

  /** Divides the desks into areas; false where they are too small. */
  layOut(areas: DeskBytes): boolean {
    if (areas === this.#areas) return true;
    if (this.#address < 0 || bytesOf(areas) > this.#bytes) return false;
    for (let thread = 0; thread < this.count; thread++) {
      const address = this.#of(thread);
      this.engine.i32.set(Object.values(deskAt(address + FIELDS, areas)), address / WORD_BYTES);
      this.control[wordOf(thread, DESK)] = address;
    }
    this.#areas = areas;
    return true;
  }

  /** Notes at another desk what was noted at these. */
  gather(desk: number): void {
    const { i32 } = this.engine;
    for (let thread = 0; thread < this.count; thread++) {
      const word = this.#of(thread) / WORD_BYTES;
      if (i32[word] === 0) continue;
      i32[word] = 0;
      i32[desk / WORD_BYTES] = 1;
    }
  }

  /** Gives the memory back. */
  release(): void {
    if (this.#address >= 0) this.engine.release(this.#address);
    this.#address = -1;
    this.#bytes = 0;
    this.#areas = undefined;
  }

  #of(thread: number): number {
    return this.#address + thread * (FIELDS + this.#bytes);
  }
}

/** Bytes of all areas of a desk. */
function bytesOf(areas: DeskBytes): number {
  return Object.values(areas).reduce((sum, area) => sum + aligned(area), 0);
}
