// Request: what a sum is, whoever asks for it. Every function of the three entries (correlate, convolve, filters of pictures, products
// of templates) says what it wants in these words, and nobody below knows which of them it was.
//
// Along an axis, with X the signal and what the border says stands around it:
//
//   out[o] = Σ_k kernel[k] · X[(first + stride · o + direction · k) / upsample]      terms where that is no whole number are none

import type { Where } from '../core/errors.js';
import type { Dtype, NumberArray, Samples } from './samples.js';

/**
 * What stands around a signal: nothing that is multiplied; a number, multiplied like any other; or the signal again. With a b c d:
 * nearest a a|a b c d|d d, mirror c b|a b c d|c b, symmetric b a|a b c d|d c, wrap c d|a b c d|a b; the last three go on for ever.
 */
export type Border = 'nothing' | 'nearest' | 'mirror' | 'symmetric' | 'wrap' | { readonly constant: number };

/** What is computed along an axis that the kernel runs over. */
export interface AxisSum {
  /** the position that the first kernel element of the first output meets; it may be outside of the signal */
  readonly first: number;
  /** outputs, from 0 on */
  readonly count: number;
  /** 1: a correlation. -1: a convolution, whose kernel elements meet positions that go down */
  readonly direction: 1 | -1;
  /** positions from one output to the next, from 1 on; default 1 */
  readonly stride?: number;
  /** positions from one signal element to the next, with nothing between them, from 1 on; default 1 */
  readonly upsample?: number;
}

/** Whether outputs and elements of an axis are neighbours. */
export function isDense({ stride = 1, upsample = 1 }: AxisSum): boolean {
  return stride === 1 && upsample === 1;
}

/** The method of a sum: chosen automatically, or given. */
export type Method = 'auto' | 'direct' | 'fft';

/** A sum over some axes. */
export interface SumRequest {
  /**
   * For each axis of signal and kernel, which have as many: what is computed along it, or 'each' for an axis of independent sums, along
   * which signal and kernel have the same size, or one of them size 1.
   */
  readonly axes: readonly (AxisSum | 'each')[];
  readonly border: Border;
  readonly method: Method;
  readonly dtype: Dtype;
  /** takes results that come in blocks; which they are is told by it only */
  readonly finish?: Finish;
  /** names the function in errors */
  readonly where: Where;
}

/** Sizes of the result. */
export function outputShape(
  { axes }: Pick<SumRequest, 'axes'>,
  signal: readonly number[],
  kernel: readonly number[],
): number[] {
  return axes.map((axis, i) => (axis === 'each' ? (signal[i] === 1 ? kernel[i] : signal[i]) : axis.count));
}

/** Blocks that sums are computed in: results of each and kernel elements that are taken, for planes, rows and numbers of a row. */
export interface Blocks {
  readonly good: readonly number[];
  readonly taps: readonly number[];
  readonly precision: Dtype;
}

/** Results of a block in memory, for planes, rows and numbers of a row. */
export interface BlockResults {
  readonly buffer: ArrayBuffer;
  /** rows of float32 or float64, `pitch` bytes apart, which nobody needs any more; whether they are finite isn't looked at */
  readonly at: number;
  readonly pitch: number;
  readonly first: readonly number[];
  readonly count: readonly number[];
  /** the source's numbers that the block was made of: whole rows of the signal, one behind the other, and 64 free bytes */
  readonly source: number;
  /** memory that is free */
  readonly free: number;
}

/** What makes results of sums in the block that they were computed in, in place of copies of them in `out`: of a signal with a source. */
export interface Finish {
  /** Bytes of memory that it works in; 0 if the blocks are none for it, and copied as ever. */
  bytes(blocks: Blocks): number;
  /** Takes the results of a block. */
  take(results: BlockResults): void;
}

/** Numbers that others are made of, one of each. */
export interface Source {
  readonly numbers: NumberArray;
  /** Makes `count` numbers of the request's type of those at an address in memory, where they may be read before others are written. */
  make(from: number, count: number, to: number): void;
}

/** A signal, or one that is made when its `data` is read first: what can makes its numbers itself, where it needs them. */
export type Signal = Samples & { readonly source?: Source };

/** Signal and kernel are of the request's type, and a result `out` of its sizes and type, if there is one, is written. */
export interface SumOperands {
  readonly signal: Signal;
  readonly kernel: Samples;
  readonly out?: Samples;
}

/** Operands with a result to write. */
export type Written = Required<SumOperands>;
