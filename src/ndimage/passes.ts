// Passes: a separable filter is a sum along one axis after another.

import type { Where } from '../core/errors.js';
import { filtered } from '../sums/filtered.js';
import type { Border } from '../sums/request.js';
import { type Dtype, numbersOf, type Samples, withShape } from '../sums/samples.js';

/** One pass: out[o] = Σ_k weights[k] · input[o + direction · (k − middle)]. */
export interface Pass {
  readonly axis: number;
  readonly weights: ArrayLike<number>;
  /** index of the weight at the output's position */
  readonly middle: number;
  /** 1 for a correlation, -1 for a convolution */
  readonly direction: 1 | -1;
  readonly border: Border;
}

/** Runs one pass. */
export function pass<D extends Dtype>(
  signal: Samples,
  given: Pass,
  dtype: D,
  where: Where,
  out?: Samples<D>,
): Samples<D> {
  const { axis, weights, middle, direction, border } = given;
  const { shape } = signal;
  // an axis of one element is moved to the front, which makes rows longer
  if (shape[axis] === 1 && axis > 0) {
    const sizes = [1, ...shape.filter((_, i) => i !== axis)];
    const target = out && withShape(out, sizes);
    const { data } = pass(withShape(signal, sizes), { ...given, axis: 0 }, dtype, where, target);
    return out ?? { data, shape: [...shape] };
  }
  const data = numbersOf(weights.length, dtype);
  data.set(weights);
  const along = shape.map((_, i) => (i === axis ? { size: weights.length, middle } : undefined));
  return filtered(signal, { samples: { data }, along, direction }, { border, dtype, where }, out);
}

/**
 * Runs passes one after another; without passes, returns the input.
 * @param owned whether the input's memory may be overwritten; then the passes alternate between two arrays
 */
export function runPasses(
  input: Samples,
  passes: readonly Pass[],
  dtype: Dtype,
  where: Where,
  owned = false,
): Samples {
  let signal = input;
  let spare: Samples | undefined;
  for (const each of passes) {
    const next = pass(signal, each, dtype, where, spare);
    spare = owned || signal !== input ? signal : undefined;
    signal = next;
  }
  return signal;
}
