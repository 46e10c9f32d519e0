// FFTs of blocks of one size: to a spectrum, to a spectrum and back with a product between, or back.
//
// A row of N numbers is treated as N/2 complex ones, x[j] + i x[j + N/2]. Its spectrum has N/2 values in an order that suits products and the
// inverse. A product is a convolution in which what exceeds the end wraps around to the beginning, modified; results are valid from the
// kernel's size minus one on, along every axis.

import { WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import type { SignalEntries } from './entries.js';
import { signalModule } from './module.js';
import { numberBytes, type Precision } from './sizes.js';
import { type BlockSizes, Tables } from './tables.js';

/** The operations on a block, with the values of assembly/fft/plan.ts. */
export const modes = { forward: 0, product: 1, inverse: 2 } as const;
export type Mode = keyof typeof modes;

/** Bytes of assembly's `Transform`, rounded up to a cache line. */
export const TRANSFORM_BYTES = 64;

/** Bytes of a row. */
export function rowBytes({ length }: BlockSizes, precision: Precision): number {
  return length * numberBytes(precision);
}

/** Bytes of a block, whose rows and planes are contiguous, and of its spectrum. */
export function blockBytes(sizes: BlockSizes, precision: Precision): number {
  return rowBytes(sizes, precision) * sizes.rows * sizes.planes;
}

/** Bytes of a spectrum that is prepared for products; assembly/fft/factors.ts has the layout. */
export function factorBytes(sizes: BlockSizes, precision: Precision): number {
  return 1.5 * blockBytes(sizes, precision);
}

/** The factor by which the inverse transform is too large. */
export function scaleOf({ length, rows, planes }: BlockSizes): number {
  return (length / 2) * rows * planes;
}

/** Transforms blocks of one size, during the current call. */
export class Transform {
  readonly #entries: SignalEntries;
  readonly #tables: number;

  /** @throws RangeError if memory is insufficient */
  constructor(
    readonly engine: Engine,
    readonly sizes: BlockSizes,
    readonly precision: Precision,
  ) {
    this.#entries = signalModule(engine);
    this.#tables = Tables.of(engine, precision).for(sizes);
  }

  /**
   * Selects the operation of the following calls. `forward` writes a spectrum, `inverse` reads and overwrites it, `product` reads one that
   * `factors` has prepared.
   * @param room address of `TRANSFORM_BYTES` for the task
   * @param work address of scratch memory for a row, for `product`
   */
  set(room: number, mode: Mode, spectrum: number, work: number): void {
    const { i32 } = this.engine;
    const { length, rows, planes } = this.sizes;
    const word = room / WORD_BYTES;
    i32[word] = this.#tables;
    i32[word + 1] = spectrum;
    i32[word + 2] = work;
    i32[word + 3] = length;
    i32[word + 4] = rows;
    i32[word + 5] = planes;
    i32[word + 6] = modes[mode];
    i32[word + 7] = Number(this.precision === 'float32');
  }

  /** Prepares the last spectrum for `product`, in place; it needs `factorBytes`. */
  factors(room: number): void {
    this.#entries.factors(room);
  }

  /** Transforms a block in place. */
  block(room: number, block: number): void {
    this.#entries.transform(room, block);
  }

  /** Transforms one-row blocks that are `step` bytes apart, to outputs at the same distance. */
  rows(room: number, from: number, to: number, count: number, step: number): void {
    this.#entries.transformRows(room, from, to, count, step);
  }
}
