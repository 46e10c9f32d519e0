// The index equation along one axis: stride · output + dilation · kernel = upsample · input + padding. A plain convolution has
// upsample 1; a transposed one is drawn as a convolution with stride 1 over its input with stride - 1 zeros between the numbers.

import type { PaddingMode, State } from './state.ts';

export type CellKind = 'input' | 'padding' | 'inserted';

/** The field is the input that the window slides over: with padding, and, if transposed, with zeros between the numbers. */
export class Axis {
  readonly #transposed: boolean;
  readonly #mode: PaddingMode;
  /** Zeros, or other padding, before the first input; negative if the first inputs are cut off. */
  readonly before: number;
  readonly field: number;

  constructor(
    state: State,
    readonly input: number,
    readonly output: number,
    readonly kernel: number,
    readonly stride: number,
    readonly padding: number,
    readonly dilation: number,
  ) {
    this.#transposed = state.transposed;
    this.#mode = state.paddingMode;
    const reach = dilation * (kernel - 1);
    this.before = state.transposed ? reach - padding : padding;
    this.field = state.transposed ? output + reach : input + 2 * padding;
  }

  /** The field's cell that kernel element `k` reads for output `o`. */
  cell(o: number, k: number): number {
    // the kernel is reversed if its order is defined by outputs instead of inputs
    const element = this.#transposed ? this.kernel - 1 - k : k;
    return (this.#transposed ? o : this.stride * o) + this.dilation * element;
  }

  /** The output to which input `i` times kernel element `k` is added in a transposed convolution; may be outside of 0 … output - 1. */
  target(i: number, k: number): number {
    return this.stride * i + this.dilation * k - this.padding;
  }

  /** The input in a cell of the field; -1 for a zero. */
  source(cell: number): number {
    const at = cell - this.before;
    if (this.#transposed) {
      const i = at / this.stride;
      return Number.isInteger(i) && i >= 0 && i < this.input ? i : -1;
    }
    const { input } = this;
    if (at >= 0 && at < input) return at;
    switch (this.#mode) {
      case 'zeros':
        return -1;
      case 'reflect':
        return at < 0 ? -at : 2 * (input - 1) - at;
      case 'replicate':
        return at < 0 ? 0 : input - 1;
      case 'circular':
        return (at + input) % input;
    }
  }

  kind(cell: number): CellKind {
    const at = cell - this.before;
    if (!this.#transposed) return at >= 0 && at < this.input ? 'input' : 'padding';
    if (at < 0 || at > this.stride * (this.input - 1)) return 'padding';
    return at % this.stride === 0 ? 'input' : 'inserted';
  }
}
