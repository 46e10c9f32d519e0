// The denominator of a FIR filter: SciPy's argument `a` of lfilter and lfilter_zi.

import { describe, refuse, type Where } from '../core/errors.js';
import { asSamples, type Dtype, numbersOf, type Samples, type SamplesLike } from '../sums/samples.js';
import { checkTaps } from './filter-axis.js';

/** The coefficients of a filter, checked, and divided by its denominator unless that is 1. */
export function coefficients(
  given: SamplesLike,
  denominator: SamplesLike | undefined,
  dtype: Dtype,
  where: Where,
): Samples {
  const b = coefficientList(given, 'b', dtype, where);
  return denominator === undefined || denominator === 1 ? b : overDenominator(b, denominator, dtype, where);
}

/**
 * The coefficients of the FIR filter `b / a`: divided by a[0], and as many as the longer of both has, because SciPy's states depend on that.
 * @throws RangeError if a[0] is 0, or another coefficient of `a` is not
 */
function overDenominator(b: Samples, denominator: SamplesLike, dtype: Dtype, where: Where): Samples {
  const a = coefficientList(denominator, 'a', 'float64', where).data;
  if (a[0] === 0) refuse(where, `a[0] must not be 0, but got a=${describe([...a])}`);
  if (a.subarray(1).some((value) => value !== 0))
    refuse(
      where,
      `only FIR filters are supported: all of a but a[0] must be 0, but got a=${describe([...a])}`,
    );
  // the caller's array, whose spectrum may be in the cache
  if (a[0] === 1 && a.length <= b.data.length) return b;
  const data = numbersOf(Math.max(b.data.length, a.length), dtype);
  data.set(b.data.map((value) => value / a[0]));
  return { data, shape: [data.length] };
}

/** A list of coefficients; a number is a single one. */
function coefficientList(given: SamplesLike, name: string, dtype: Dtype, where: Where): Samples {
  const list = asSamples(typeof given === 'number' ? [given] : given, dtype, name, where);
  checkTaps(list, name, where);
  return list;
}
