// Accuracy: what the results of a block may be used for. FFT spreads a number that is not finite over all of them, and sums of integers are
// exact after rounding if the error bound allows it.

import type { SignalEntries } from '../../spectrum/entries.js';
import type { Precision } from '../../spectrum/sizes.js';
import type { BlockSizes } from '../../spectrum/tables.js';
import { scaleOf } from '../../spectrum/transform.js';
import type { FilterFacts } from './filter-spectrum.js';
import type { SpectralPlan } from './plan.js';

/** The unit roundoff, and the magnitude below which a filter would lose digits when divided by the block's size. */
const limits = {
  float32: { unit: 2 ** -24, tiny: 1e-28 },
  float64: { unit: 2 ** -53, tiny: 1e-280 },
} as const;

/** Whether a filter can be multiplied by its spectrum: it is finite, and keeps its digits when it is divided by the block's size. */
export function isTransformable({ largest }: FilterFacts, sizes: BlockSizes, precision: Precision): boolean {
  return Number.isFinite(largest) && !(largest > 0 && largest / scaleOf(sizes) < limits[precision].tiny);
}

/** Tests and rounds results in wasm memory. */
export class Accuracy {
  readonly #entries: SignalEntries;
  readonly #facts: FilterFacts;
  /** 1 for float32, 0 for float64 */
  readonly #isSingle: number;
  /** the error bound of a block whose numbers have the 2-norm 1, and a filter too */
  readonly #bound: number;

  constructor(entries: SignalEntries, { precision, logSize }: SpectralPlan, facts: FilterFacts) {
    this.#entries = entries;
    this.#facts = facts;
    this.#isSingle = Number(precision === 'float32');
    this.#bound = limits[precision].unit * logSize;
  }

  /** Σ x² of the integers of a block; Infinity if a number of the block or of the filter is not an integer. */
  squares(address: number, count: number): number {
    if (!this.#facts.areIntegers) return Number.POSITIVE_INFINITY;
    return this.#entries.integerSquares(address, count, this.#isSingle);
  }

  /** Whether the error bound for integers with this sum of squares is so small that rounding gives the exact result. */
  isExact(squares: number): boolean {
    return this.#bound * Math.sqrt(squares * this.#facts.squares) < 0.25;
  }

  isFinite(address: number, count: number): boolean {
    return this.#entries.areFinite(address, count, this.#isSingle) !== 0;
  }

  round(address: number, count: number): void {
    this.#entries.round(address, count, this.#isSingle);
  }
}
