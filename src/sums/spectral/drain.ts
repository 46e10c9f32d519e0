// Copies the results of FFT blocks to the output.

import { copyRange } from '../../core/copy.js';
import type { NumberArray } from '../samples.js';
import type { SpectralAxis } from './axes.js';

/** The outputs of a plan. */
export class Drain {
  readonly #rows: number;
  readonly #length: number;

  constructor(
    /** the memory of the window, as numbers */
    readonly from: NumberArray,
    readonly out: NumberArray,
    axes: readonly SpectralAxis[],
  ) {
    [, this.#rows, this.#length] = axes.map(({ count }) => count);
  }

  /** Copies `count` results of a row, or adds them to the output. */
  row(address: number, count: number, [plane, row, first]: readonly number[], adds: boolean): void {
    const { from, out } = this;
    const at = address / from.BYTES_PER_ELEMENT;
    const to = (plane * this.#rows + row) * this.#length + first;
    if (adds) for (let i = 0; i < count; i++) out[to + i] += from[at + i];
    else copyRange(from, at, count, out, to);
  }

  /** The same for contiguous rows of a plane, of `length` results each. */
  plane(address: number, rows: number, length: number, first: readonly number[], adds: boolean): void {
    if (!adds && length === this.#length) {
      this.row(address, rows * length, first, false);
      return;
    }
    const bytes = length * this.from.BYTES_PER_ELEMENT;
    for (let i = 0; i < rows; i++)
      this.row(address + i * bytes, length, [first[0], first[1] + i, first[2]], adds);
  }
}
