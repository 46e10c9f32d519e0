// Spectral drain: results of blocks to where they belong.

import type { SignalEntries } from '../spectrum/entries.js';
import type { NumberArray } from './samples.js';
import type { SpectralAxis } from './spectral-axes.js';
import type { Place } from './spectral-feed.js';

/** The outputs of a plan. */
export class Drain {
  readonly #length: number;
  /** numbers from an output to the next of each axis, and where the first one is */
  readonly #steps: readonly number[];
  readonly #first: number;

  constructor(
    readonly entries: SignalEntries,
    /** the window's memory, as numbers */
    readonly from: NumberArray,
    readonly out: NumberArray,
    axes: readonly SpectralAxis[],
  ) {
    const [, rows, length] = axes.map(({ count }) => count);
    this.#length = length;
    const steps = [rows * length, length, 1];
    this.#steps = steps.map((step, i) => (axes[i].backwards ? -step : step));
    this.#first = steps.reduce((at, step, i) => at + (axes[i].backwards ? step * (axes[i].count - 1) : 0), 0);
  }

  /** Copies `count` results of a row out, or adds them to what is there. */
  row(address: number, count: number, [plane, row, first]: readonly number[], adds: boolean): void {
    const [perPlane, perRow, step] = this.#steps;
    const at = address / this.from.BYTES_PER_ELEMENT;
    const { from, out } = this;
    let to = this.#first + plane * perPlane + row * perRow + first * step;
    if (!adds && step > 0) {
      out.set(from.subarray(at, at + count), to);
      return;
    }
    for (let i = 0; i < count; i++, to += step) out[to] = from[at + i] + (adds ? out[to] : 0);
  }

  /** The same for the rows of a plane; `length` of each. What was there is lost. */
  plane({ address, rows, length, pitch }: Place, first: readonly number[], adds: boolean): void {
    if (!adds && length === this.#length && this.#steps[1] > 0 && this.#steps[2] > 0 && rows > 1) {
      const bytes = length * this.from.BYTES_PER_ELEMENT;
      this.entries.closeUp(address, 1, rows, 0, pitch, bytes);
      this.row(address, rows * length, first, false);
      return;
    }
    for (let i = 0; i < rows; i++)
      this.row(address + i * pitch, length, [first[0], first[1] + i, first[2]], adds);
  }
}
