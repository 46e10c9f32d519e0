// A request: the common description of all sums. Every function of convnd/signal, convnd/match and convnd/ndimage (correlations, convolutions,
// filters, template products) is expressed as one, and the code below does not know which function it serves.
//
// Along an axis, with X the signal extended by its border:
//
//   out[o] = Σ_k kernel[k] · X[(first + stride · o + direction · k) / upsample]      without the terms whose index is not an integer

import type { Where } from '../core/errors.js';
import type { Dtype, NumberArray, Samples } from './samples.js';

/**
 * The extension of a signal. 'nothing': kernel elements outside are not multiplied. A constant is multiplied like any other number. The others
 * repeat the signal; for a b c d: nearest a a|a b c d|d d; mirror c b|a b c d|c b; symmetric b a|a b c d|d c; wrap c d|a b c d|a b.
 */
export type Border = 'nothing' | 'nearest' | 'mirror' | 'symmetric' | 'wrap' | { readonly constant: number };

/** The outputs along an axis that the kernel slides along. */
export interface AxisSum {
  /** the position that the first output's first kernel element reads; may be outside the signal */
  readonly first: number;
  /** number of outputs, may be 0 */
  readonly count: number;
  /** 1 for a correlation; -1 for a convolution, whose kernel elements read descending positions */
  readonly direction: 1 | -1;
  /** distance between outputs in positions, at least 1; default 1 */
  readonly stride?: number;
  /** distance between signal elements in positions, with zeros between them, at least 1; default 1 */
  readonly upsample?: number;
}

/** Whether both the stride and the upsampling factor are 1. */
export function isDense({ stride = 1, upsample = 1 }: AxisSum): boolean {
  return stride === 1 && upsample === 1;
}

/** The method of a sum; 'auto' chooses by estimated time. */
export type Method = 'auto' | 'direct' | 'fft';

/** A sum over some axes. */
export interface SumRequest<D extends Dtype = Dtype> {
  /**
   * For each axis of signal and kernel: the outputs along it, or 'each' for independent sums along an axis where signal and kernel have the
   * same size or one of them has size 1. Signal and kernel have the same number of axes.
   */
  readonly axes: readonly (AxisSum | 'each')[];
  readonly border: Border;
  readonly method: Method;
  readonly dtype: D;
  /** receives results block by block, if it accepts the blocks */
  readonly finish?: Finish;
  /** names the function in error messages */
  readonly where: Where;
}

/** The shape of the result. */
export function outputShape(
  { axes }: Pick<SumRequest, 'axes'>,
  signal: readonly number[],
  kernel: readonly number[],
): number[] {
  return axes.map((axis, i) => (axis === 'each' ? (signal[i] === 1 ? kernel[i] : signal[i]) : axis.count));
}

/** The blocks of an FFT plan: valid outputs and kernel elements of each, for planes, rows and row elements. */
interface Blocks {
  readonly good: readonly number[];
  readonly taps: readonly number[];
  readonly precision: Dtype;
}

/** The results of a block in wasm memory; lists are for planes, rows and row elements. */
export interface BlockResults {
  readonly buffer: ArrayBuffer;
  /** address of rows of float32 or float64 that are `pitch` bytes apart. They may be overwritten, and may not be finite */
  readonly at: number;
  readonly pitch: number;
  readonly first: readonly number[];
  readonly count: readonly number[];
  /** address of the source numbers of the block: complete, contiguous rows of the signal, followed by 64 unused bytes */
  readonly source: number;
  /** address of scratch memory */
  readonly free: number;
}

/** Processes sums in the block where they were computed, instead of copying them to `out`. Used for signals with a source. */
export interface Finish {
  /** The scratch bytes that it needs; 0 if it does not support these blocks, which are then copied as usual. */
  bytes(blocks: Blocks): number;
  /** Processes the results of a block. */
  take(results: BlockResults): void;
}

/** The numbers that a signal is computed from, one by one. */
export interface Source {
  readonly numbers: NumberArray;
  /** Computes `count` numbers in wasm memory from those at `from`. The output may overlap numbers that were already read. */
  make(from: number, count: number, to: number): void;
}

/** A signal. With a source, `data` is computed at first read; code that can compute the numbers block by block uses the source instead. */
export type Signal = Samples & { readonly source?: Source };

/** Signal and kernel have the request's type. `out`, if given, has the result's shape and type. */
export interface SumOperands<D extends Dtype = Dtype> {
  readonly signal: Signal;
  readonly kernel: Samples;
  readonly out?: Samples<D>;
}

/** Operands with a result to write to. */
export type Written = Required<SumOperands>;
