// crossCorrelateMasked: the correlation coefficient of two masked arrays at every shift, like scikit-image's function.

import { optionsObject } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { sameShape } from '../../core/tensor.js';
import { dtypeOf } from '../../sums/result.js';
import {
  asSamples,
  type Dtype,
  type NumberArray,
  type Samples,
  type SamplesLike,
} from '../../sums/samples.js';
import { asMask, isIncluded, type MaskLike } from '../mask.js';
import { overlapOf } from '../options.js';
import { statisticsOf } from '../statistics.js';
import { type MaskedSamples, maskedMap } from './map.js';

/** Options of `crossCorrelateMasked`. */
export interface CrossCorrelateMaskedOptions<D extends Dtype = Dtype> {
  /** all shifts, or the central ones, as many as `in1` has elements; default 'full' */
  readonly mode?: 'full' | 'same' | undefined;
  /** shifts whose overlap is less than this share of the largest overlap in the map score 0; default 0.3 */
  readonly overlapRatio?: number | undefined;
  /** of the result; default 'float32' */
  readonly dtype?: D | undefined;
}

/**
 * The correlation coefficient of two arrays at every shift of the second over the first, computed over the elements that both masks include
 * (Padfield 2012). Like skimage.registration's `cross_correlate_masked` over all axes.
 *
 * @param in1 the fixed array, with any number of axes
 * @param in2 the moving array, with as many axes
 * @param mask1 the shape of `in1`: 0 or false excludes an element; null includes all
 * @param mask2 the same for `in2`
 * @param options mode, overlapRatio, dtype
 * @returns n1 + n2 - 1 scores from -1 to 1 along each axis for 'full': element o is the shift o - (n2 - 1). 0 where the overlap is too
 * small or flat; as in scikit-image, an overlap counts as flat if the product of its standard deviations is below 2e-13 of the largest
 * one, as that of noise of 1 beside a step of 1e7.
 * @throws RangeError for invalid sizes or modes, and for a NaN or Infinity that its mask includes; TypeError for invalid types
 * @see https://doi.org/10.1109/TIP.2011.2181402
 * @example
 * import { crossCorrelateMasked } from 'convnd/match';
 * const signal = [2, 3, 1, 4, 99, 1, 5, 9];
 * const known = [1, 1, 1, 1, 0, 1, 1, 1];
 * const { data, shape } = crossCorrelateMasked(signal, [3, 1, 4, 2], known, null, { overlapRatio: 0.75 });
 * console.log(shape, data.indexOf(Math.max(...data))); // [ 11 ] 4
 */
export function crossCorrelateMasked<D extends Dtype = 'float32'>(
  in1: SamplesLike,
  in2: SamplesLike,
  mask1: MaskLike | null,
  mask2: MaskLike | null,
  options?: CrossCorrelateMaskedOptions<D>,
): Samples<D> {
  const name: Where = () => 'crossCorrelateMasked';
  optionsObject(options, ['mode', 'overlapRatio', 'dtype'], name);
  const { mode = 'full', overlapRatio, dtype: type } = options ?? {};
  const first = maskedSamples(in1, mask1, 'in1', 'mask1', name);
  const second = maskedSamples(in2, mask2, 'in2', 'mask2', name);
  const where: Where = () => `${name()} of in1 ${describe(first.shape)}, in2 ${describe(second.shape)}`;
  if (mode !== 'full' && mode !== 'same')
    refuseKind(where, `mode must be 'full' or 'same', but got ${describe(mode)}`);
  const dtype = dtypeOf(type, where);
  const ratio = overlapOf(overlapRatio, 'overlapRatio', where);
  checkRanks(first, second, 'in1', 'in2', where);
  const { scores, shape } = maskedMap(first, second, ratio, mode, where);
  const data = dtype === 'float64' ? scores : Float32Array.from(scores);
  return { data: data as NumberArray<D>, shape };
}

/**
 * Samples with their mask; without one, all elements are included.
 * @throws RangeError for a NaN or Infinity that the mask includes
 */
export function maskedSamples(
  given: SamplesLike,
  mask: MaskLike | null | undefined,
  name: string,
  maskName: string,
  where: Where,
): MaskedSamples {
  const { data, shape } = asSamples(given, 'float64', name, where);
  const included =
    mask === null || mask === undefined ? undefined : includedOf(mask, shape, maskName, name, where);
  const statistics = statisticsOf({ data, shape: [1, ...shape] });
  const at = statistics.finite ? -1 : data.findIndex((x, i) => !Number.isFinite(x) && included?.[i] !== 0);
  if (at >= 0)
    refuse(where, `${name} has ${data[at]} at element ${at}: exclude such elements with ${maskName}`);
  return { data, shape, mask: included, statistics };
}

/** 1 for each included element, 0 for the others. */
function includedOf(
  mask: MaskLike,
  shape: readonly number[],
  name: string,
  of: string,
  where: Where,
): NumberArray {
  const weights = asMask(mask, name, 'float64', where);
  if (!sameShape(weights.shape, shape)) {
    refuse(
      where,
      `${name} must have the shape of ${of}, ${describe(shape)}, but got ${describe(weights.shape)}`,
    );
  }
  return weights.data.map(isIncluded);
}

/** @throws RangeError unless both have the same number of axes, at least one, and neither is empty */
export function checkRanks(
  a: MaskedSamples,
  b: MaskedSamples,
  nameA: string,
  nameB: string,
  where: Where,
): void {
  if (a.shape.length !== b.shape.length || a.shape.length === 0) {
    refuse(where, `${nameA} and ${nameB} must have the same number of axes, at least one`);
  }
  if (a.data.length === 0 || b.data.length === 0) refuse(where, `${nameA} and ${nameB} must not be empty`);
}
