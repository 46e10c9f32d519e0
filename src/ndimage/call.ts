// What all filters have in common: the checks of input and options, and the result.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import { isTypedArray } from '../core/typed-array.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import {
  asSamples,
  type Dtype,
  dtypeIn,
  type NumberArray,
  type Samples,
  type SamplesLike,
  zeros,
} from '../sums/samples.js';
import type { PerAxis } from './axes.js';
import type { NdimageMode } from './modes.js';

/** Options of every filter. */
export interface FilterOptions<D extends Dtype = Dtype> {
  /** the value outside the input with mode 'constant'; default 0 */
  readonly cval?: number | undefined;
  /** type of the result: 'float32' (default) or 'float64' */
  readonly dtype?: D | undefined;
  /** a tensor of the input's shape and the result's type, which is written and returned; not the input */
  readonly out?: Samples<D> | undefined;
}

/** Options of filters with one mode. */
export interface ModeOptions<D extends Dtype = Dtype> extends FilterOptions<D> {
  /** extension of the input; default 'reflect', which repeats the edge */
  readonly mode?: NdimageMode | undefined;
}

/** Options of filters that process one axis after another. */
export interface ModesOptions<D extends Dtype = Dtype> extends FilterOptions<D> {
  /** extension of the input, or one for each axis; default 'reflect', which repeats the edge */
  readonly mode?: PerAxis<NdimageMode> | undefined;
}

/** Options of filters with selectable axes. */
export interface AxesOptions {
  /** the axes along which the filter runs; default all. Lists of values correspond to these axes */
  readonly axes?: number | readonly number[] | undefined;
}

/** The names of the options of every filter. */
const filterOptions = ['mode', 'cval', 'dtype', 'out'] as const;

/** The checked arguments of a call. */
export interface Call<D extends Dtype = Dtype> {
  readonly input: Samples;
  /** whether the input is a copy of the caller's data */
  readonly owned: boolean;
  readonly dtype: D;
  readonly out: Samples<D> | undefined;
  readonly where: Where;
}

/**
 * Checks the input and the options of a call.
 * @param known names of its options, besides those of every filter
 * @param read the type that the input is converted to; default the result's
 * @throws TypeError for unknown options and invalid types, RangeError for an empty input and an `out` of another shape
 */
export function callOf<D extends Dtype>(
  name: string,
  given: SamplesLike,
  options: FilterOptions<D> | undefined,
  known: readonly string[],
  read?: Dtype,
): Call<D> {
  const here = () => name;
  optionsObject(options, [...known, ...filterOptions], here);
  const dtype = dtypeOf(options?.dtype, here);
  const input = asSamples(given, read ?? dtype, 'input', here);
  const where = () => `${name} of input ${describe(input.shape)}`;
  if (input.shape.includes(0)) refuse(where, 'input is empty');
  const { data = given } = given as { data?: unknown };
  const callers = isTypedArray(data) ? [{ ...input, data: data as NumberArray }] : [];
  const out = options?.out;
  // `out` must not share memory with the caller's data, whether they are read directly or copied first
  if (out !== undefined) checkOut(out, input.shape, dtype, [input, ...callers], where);
  const owned = callers.every((each) => each.data.buffer !== input.data.buffer);
  return { input, owned, dtype, out, where };
}

/** The tensor for the result: `out`, or a new one. */
export function resultOf<D extends Dtype>({ input, dtype, out }: Call<D>): Samples<D> {
  return out ?? zeros(input.shape, dtype);
}

/** Turns a filter's output into the result: rounded to the result's type, and copied where necessary. */
export function finish<D extends Dtype>(call: Call<D>, numbers: Samples): Samples<D> {
  const isOurs = call.owned || numbers !== call.input;
  if (call.out === undefined && isOurs && dtypeIn(numbers.data) === call.dtype) return numbers as Samples<D>;
  const result = resultOf(call);
  if (result !== numbers) result.data.set(numbers.data);
  return result;
}
