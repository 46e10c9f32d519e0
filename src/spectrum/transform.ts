// Transform: blocks of one size, to their spectra, times a spectrum, and back.
//
// A row of N numbers is taken as N/2 complex ones, x[j] + i x[j + N/2]; its spectrum has N/2 values in an order of its own, that fits its
// own inverse and products. A product is a convolution in which what goes beyond the end comes back at the beginning, changed; so
// results are good from the kernel's size less one on, along every axis.

import type { Engine } from '../engine/engine.js';
import type { SignalEntries } from './entries.js';
import { signalModule } from './module.js';
import { numberBytes, type Precision } from './sizes.js';
import { type BlockSizes, pitchOf, Tables } from './tables.js';

/** What is done with a block: as assembly/fft/plan.ts has them. */
export const modes = { forward: 0, product: 1, inverse: 2 } as const;
export type Mode = keyof typeof modes;

/** Bytes of the assembly's `Transform`, rounded up to a line. */
export const TRANSFORM_BYTES = 64;

/** Bytes of the memory that a block, a spectrum, and the work on a row take. */
export function blockBytes(sizes: BlockSizes, precision: Precision): number {
  return pitchOf(sizes, precision) * sizes.rows * sizes.planes;
}

export function spectrumBytes({ length, rows, planes }: BlockSizes, precision: Precision): number {
  return length * rows * planes * numberBytes(precision);
}

/** Bytes of a spectrum that products read; assembly/fft/factors.ts has its form. */
export function factorBytes(sizes: BlockSizes, precision: Precision): number {
  return 1.5 * spectrumBytes(sizes, precision);
}

export function workBytes({ length }: BlockSizes, precision: Precision): number {
  return length * numberBytes(precision);
}

/** By how much an inverse is too large. */
export function scaleOf({ length, rows, planes }: BlockSizes): number {
  return (length / 2) * rows * planes;
}

/** Transforms of blocks of one size, for the call in progress. */
export class Transform {
  readonly #entries: SignalEntries;
  readonly #tables: number;
  readonly pitch: number;

  /**
   * @throws RangeError if there is not enough memory
   */
  constructor(
    readonly engine: Engine,
    readonly sizes: BlockSizes,
    readonly precision: Precision,
  ) {
    this.#entries = signalModule(engine);
    this.#tables = Tables.of(engine, precision).for(sizes);
    this.pitch = pitchOf(sizes, precision);
  }

  /**
   * Says what is done with the blocks that come. `forward` writes a spectrum, `inverse` reads it, and loses it; `product` reads one after `factors`.
   * @param room address of `TRANSFORM_BYTES`, where that is written
   * @param work address of the work on a row, for `product`
   */
  set(room: number, mode: Mode, spectrum: number, work: number): void {
    const { i32 } = this.engine;
    const { length, rows, planes } = this.sizes;
    const word = room / 4;
    i32[word] = this.#tables;
    i32[word + 1] = spectrum;
    i32[word + 2] = work;
    i32[word + 3] = length;
    i32[word + 4] = rows;
    i32[word + 5] = planes;
    i32[word + 6] = this.pitch;
    i32[word + 7] = modes[mode];
    i32[word + 8] = Number(this.precision === 'float32');
  }

  /** Makes the spectrum that was said last ready for `product`, in its place, which has room for `factorBytes`. */
  factors(room: number): void {
    this.#entries.factors(room);
  }

  /** Takes a block, in its place. */
  block(room: number, block: number): void {
    this.#entries.transform(room, block);
  }

  /** Takes blocks of one row, `step` bytes apart from each other, and writes them as far apart from `to` on. */
  rows(room: number, from: number, to: number, count: number, step: number): void {
    this.#entries.transformRows(room, from, to, count, step);
  }
}
