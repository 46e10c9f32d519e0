// Call: what every filter begins and ends with. Input and options come in, a result of the input's shape goes out.

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

/** What every filter has. */
export interface FilterOptions<D extends Dtype = Dtype> {
  /** the number around the input with mode 'constant'; 0 if left out */
  readonly cval?: number | undefined;
  /** 'float32', or 'float64' for a result in float64 */
  readonly dtype?: D | undefined;
  /** a tensor of the input's shape and the type that is written and returned, in place of a new one; not the input */
  readonly out?: Samples<D> | undefined;
}

/** Of filters with one mode. */
export interface ModeOptions<D extends Dtype = Dtype> extends FilterOptions<D> {
  /** what stands around the input; 'reflect', which repeats the edge, if left out */
  readonly mode?: NdimageMode | undefined;
}

/** Of filters that run along one axis after the other. */
export interface ModesOptions<D extends Dtype = Dtype> extends FilterOptions<D> {
  /** what stands around the input, also one for each axis; 'reflect', which repeats the edge, if left out */
  readonly mode?: PerAxis<NdimageMode> | undefined;
}

/** Of filters that may leave axes out. */
export interface AxesOptions {
  /** the axes that the filter runs along, all if left out. What is given for each axis is given for each of these */
  readonly axes?: number | readonly number[] | undefined;
}

/** The names of options that every filter has. */
const filterOptions = ['mode', 'cval', 'dtype', 'out'] as const;

/** A call as it was checked. */
export interface Call<D extends Dtype = Dtype> {
  readonly input: Samples;
  /** whether the input is a copy of what the caller gave */
  readonly owned: boolean;
  readonly dtype: D;
  readonly out: Samples<D> | undefined;
  readonly where: Where;
}

/**
 * Checks input and options of a call.
 * @param known names of the options that it has beside those of every filter
 * @param read the type that the input is read in; the result's if left out
 * @throws TypeError for other names and kinds, RangeError for an empty input and an `out` of another shape
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
  const dtype = dtypeOf(options?.dtype, here) as D;
  const input = asSamples(given, read ?? dtype, 'input', here);
  const where = () => `${name} of input ${describe(input.shape)}`;
  if (input.shape.includes(0)) refuse(where, 'input is empty');
  const { data = given } = given as { data?: unknown };
  const theirs = isTypedArray(data) ? [{ ...input, data: data as NumberArray }] : [];
  const out = options?.out;
  // what the caller gave must not be written to, whether it is read itself or copied first
  if (out !== undefined) checkOut(out, input.shape, dtype, [input, ...theirs], where);
  const owned = theirs.every((their) => their.data.buffer !== input.data.buffer);
  return { input, owned, dtype, out, where };
}

/** Where the numbers of a result go: `out`, or a new array. */
export function resultOf<D extends Dtype>({ input, dtype, out }: Call<D>): Samples<D> {
  return out ?? zeros(input.shape, dtype);
}

/** The result with those numbers, rounded to its type. */
export function finish<D extends Dtype>(call: Call<D>, numbers: Samples): Samples<D> {
  const isOurs = call.owned || numbers !== call.input;
  if (call.out === undefined && isOurs && dtypeIn(numbers.data) === call.dtype) return numbers as Samples<D>;
  const result = resultOf(call);
  if (result !== numbers) result.data.set(numbers.data);
  return result;
}
