// Spectral feed: a signal with what stands around it, into the windows of blocks.

import { DOUBLE_BYTES } from '../core/bytes.js';
import type { SignalEntries } from '../spectrum/entries.js';
import { elementAt, isZero } from './border.js';
import { fillRow } from './fill.js';
import type { Border, Signal, Source } from './request.js';
import { dtypeIn, type NumberArray } from './samples.js';
import { numbersAt } from './scratch.js';
import type { SpectralAxis } from './spectral-axes.js';
import type { SpectralPlan } from './spectral-plan.js';

/** Where numbers of a window go: the rows of a plane, as many numbers long, so many bytes apart. */
export interface Place {
  readonly address: number;
  readonly length: number;
  readonly rows: number;
  readonly pitch: number;
}

/** What a signal is made of, where whole rows of it are copied, all of them at once. */
export function sourceFor({ axes, sizes }: SpectralPlan, { source }: Signal): Source | undefined {
  return sizes.rows > 1 && axes[2].size <= sizes.length ? source : undefined;
}

/** A signal of planes, rows and numbers. */
export class Feed {
  readonly #planes: number;
  readonly #rows: number;
  readonly #length: number;
  /** what is not the signal is zero */
  readonly #isZero: boolean;

  constructor(
    readonly entries: SignalEntries,
    /** the window's memory, as numbers */
    readonly to: NumberArray,
    readonly data: NumberArray,
    axes: readonly SpectralAxis[],
    readonly border: Border,
    /** what is to be done with the numbers on the way; around them is nothing then */
    readonly source?: Source,
    /** where the source's numbers stay; 0 where nobody needs them any more */
    readonly kept = 0,
  ) {
    [this.#planes, this.#rows, this.#length] = axes.map(({ size }) => size);
    this.#isZero = isZero(border);
  }

  /** Fills one row: `needed` numbers from the positions on, and zeros. */
  row(
    { address, length }: Pick<Place, 'address' | 'length'>,
    positions: readonly number[],
    needed: number,
  ): void {
    const [plane, row, first] = positions;
    this.#fill(address, length, this.#planeAt(plane), row, first, needed);
  }

  /** Fills the rows of a plane: `needed` rows, of which the second number are needed, and zeros. */
  plane(place: Place, positions: readonly number[], needed: readonly number[]): void {
    const { address, length, rows, pitch } = place;
    const [, row, first] = positions;
    const plane = this.#planeAt(positions[0]);
    const isWhole = this.#isZero || (first >= 0 && first + needed[1] <= this.#length);
    const start = Math.max(0, first);
    const met = Math.min(this.#length, first + needed[1]) - start;
    const begin = Math.min(needed[0], Math.max(0, -row));
    const end = Math.max(begin, Math.min(needed[0], this.#rows - row));
    const atOnce = plane >= 0 && isWhole && met > 0 && this.#length <= length ? end - begin : 0;
    if (atOnce > 0) {
      const from = plane + (row + begin) * this.#length + start;
      const numbers = this.data.subarray(from, from + (atOnce - 1) * this.#length + met);
      const to = address + begin * pitch;
      const before = start - first;
      if (this.source)
        this.#make(this.source, numbers, { ...place, address: to, rows: rows - begin }, atOnce, met, before);
      else {
        const size = this.to.BYTES_PER_ELEMENT;
        this.to.set(numbers, to / size);
        this.entries.spread(to, atOnce, this.#length * size, met * size, pitch, before * size);
      }
    }
    for (let i = 0; i < rows; i++)
      if (i < begin || i >= begin + atOnce)
        this.#fill(address + i * pitch, length, plane, row + i, first, i < needed[0] ? needed[1] : 0);
  }

  /**
   * Makes rows, from numbers that are copied to the end of their place if they need not stay: those of a row are read before others are
   * written over them, as no row has more bytes than its place.
   */
  #make(
    source: Source,
    numbers: NumberArray,
    { address, length, rows, pitch }: Place,
    count: number,
    met: number,
    before: number,
  ): void {
    const { to } = this;
    const size = to.BYTES_PER_ELEMENT;
    const own = numbers.BYTES_PER_ELEMENT;
    const last = address + rows * pitch - numbers.byteLength;
    const from = this.kept || last - (last % DOUBLE_BYTES);
    numbersAt(to.buffer, from, numbers.length, dtypeIn(numbers)).set(numbers);
    for (let i = 0; i < count; i++) {
      const place = address + i * pitch;
      const target = place + before * size;
      const row = from + i * this.#length * own;
      source.make(row, met, target);
      if (met === length) continue;
      to.fill(0, place / size, target / size);
      to.fill(0, target / size + met, place / size + length);
    }
  }

  /** Where a plane begins; -1 outside. */
  #planeAt(position: number): number {
    const element = elementAt(position, this.#planes, this.border);
    return element < 0 ? -1 : element * this.#rows * this.#length;
  }

  #fill(address: number, length: number, plane: number, row: number, first: number, needed: number): void {
    const at = address / this.to.BYTES_PER_ELEMENT;
    const met = Math.min(needed, length);
    if (met > 0) {
      const element = plane < 0 ? -1 : elementAt(row, this.#rows, this.border);
      const from = element < 0 ? -1 : plane + element * this.#length;
      fillRow(this.to, at, met, this.data, from, this.#length, first, this.border);
    }
    if (met < length) this.to.fill(0, at + met, at + length);
  }
}
