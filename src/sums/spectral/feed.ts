// Loads the signal, extended by its border, into the windows of FFT blocks.

import { copiers } from '../../core/copy.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import { elementAt, isZero } from '../borders/border.js';
import { fillRow } from '../borders/fill.js';
import type { Border, Signal, Source } from '../request.js';
import { dtypeIn, type NumberArray } from '../samples.js';
import { numbersAt } from '../scratch.js';
import type { SpectralAxis } from './axes.js';
import type { SpectralPlan } from './plan.js';

/** The part of a window to fill: contiguous rows of a plane, with `length` numbers each. */
export interface Place {
  readonly address: number;
  readonly length: number;
  readonly rows: number;
}

/** The source of a signal, if blocks load complete rows of it; else undefined. */
export function sourceFor({ axes, sizes }: SpectralPlan, { source }: Signal): Source | undefined {
  return sizes.rows > 1 && axes[2].size <= sizes.length ? source : undefined;
}

/** A signal with axes for planes, rows and row elements. */
export class Feed {
  readonly #planes: number;
  readonly #rows: number;
  readonly #length: number;
  /** whether the signal is extended with zeros */
  readonly #isZero: boolean;

  constructor(
    readonly entries: SignalEntries,
    /** the memory of the window, as numbers */
    readonly to: NumberArray,
    readonly data: NumberArray,
    axes: readonly SpectralAxis[],
    readonly border: Border,
    /** computes the signal's numbers while they are loaded; the border is then 'nothing' */
    readonly source?: Source,
    /** address where the source numbers of the block are kept; 0 if they are not needed afterwards */
    readonly kept = 0,
  ) {
    [this.#planes, this.#rows, this.#length] = axes.map(({ size }) => size);
    this.#isZero = isZero(border);
  }

  /** Fills one row: `needed` numbers from the given positions, then zeros. */
  row(
    { address, length }: Pick<Place, 'address' | 'length'>,
    positions: readonly number[],
    needed: number,
  ): void {
    const [plane, row, first] = positions;
    this.#fill(address, length, this.#planeAt(plane), row, first, needed);
  }

  /** Fills the rows of a plane: `needed` are the number of rows and of their elements; the rest is zero. */
  plane(place: Place, positions: readonly number[], needed: readonly number[]): void {
    const { address, length, rows } = place;
    const [, row, first] = positions;
    const size = this.to.BYTES_PER_ELEMENT;
    const pitch = length * size;
    const plane = this.#planeAt(positions[0]);
    const isWhole = this.#isZero || (first >= 0 && first + needed[1] <= this.#length);
    const start = Math.max(0, first);
    const met = Math.min(this.#length, first + needed[1]) - start;
    const begin = Math.min(needed[0], Math.max(0, -row));
    const isOutside = plane < 0 || met <= 0;
    const end = isOutside ? begin : Math.max(begin, Math.min(needed[0], this.#rows - row));
    const atOnce = isWhole && this.#length <= length ? end - begin : 0;
    if (atOnce > 0) {
      const from = plane + (row + begin) * this.#length + start;
      const numbers = this.data.subarray(from, from + (atOnce - 1) * this.#length + met);
      const to = address + begin * pitch;
      const before = start - first;
      if (this.source)
        this.#make(this.source, numbers, { ...place, address: to, rows: rows - begin }, atOnce, met, before);
      else {
        copiers.current(numbers, this.to, to / size);
        if (met < length)
          this.entries.spread(to, atOnce, this.#length * size, met * size, pitch, before * size);
      }
    }
    // rows outside a signal that is extended with zeros, and those that the block does not need
    const [top, bottom] = this.#isZero ? [begin, end] : [0, needed[0]];
    const at = address / size;
    this.to.fill(0, at, at + top * length);
    for (let i = top; i < bottom; i++)
      if (i < begin || i >= begin + atOnce)
        this.#fill(address + i * pitch, length, plane, row + i, first, needed[1]);
    this.to.fill(0, at + bottom * length, at + rows * length);
  }

  /**
   * Computes rows from the source. Its numbers are copied to `kept` or to the end of the place. In the latter case rows overwrite only
   * numbers that were already read, because a row of the source is not longer than its place.
   */
  #make(
    source: Source,
    numbers: NumberArray,
    { address, length, rows }: Place,
    count: number,
    met: number,
    before: number,
  ): void {
    const { to } = this;
    const size = to.BYTES_PER_ELEMENT;
    const own = numbers.BYTES_PER_ELEMENT;
    const pitch = length * size;
    const from = this.kept || address + rows * pitch - numbers.byteLength;
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

  /** The index of a plane's first number; -1 outside. */
  #planeAt(position: number): number {
    const element = elementAt(position, this.#planes, this.border);
    return element < 0 ? -1 : element * this.#rows * this.#length;
  }

  #fill(address: number, length: number, plane: number, row: number, first: number, needed: number): void {
    const at = address / this.to.BYTES_PER_ELEMENT;
    const element = plane < 0 ? -1 : elementAt(row, this.#rows, this.border);
    const from = element < 0 ? -1 : plane + element * this.#length;
    fillRow(this.to, at, needed, this.data, from, this.#length, first, this.border);
    if (needed < length) this.to.fill(0, at + needed, at + length);
  }
}
