// Fold: what weight_norm, spectral_norm, pruning and BatchNorm make of a layer's numbers, in float64.

import { product } from '../core/lists.js';
import { sameShape, type Tensor } from '../core/tensor.js';

type Numbers = Float32Array | Float64Array;

/**
 * Makes a layer's weight of the numbers that a state dict has for it.
 * @param others the tensors beside it, in the order of their names
 * @returns whether their sizes fit each other
 */
export type Fold = (
  target: Numbers,
  numbers: Tensor,
  others: readonly Tensor[],
  transposed: boolean,
) => boolean;

/** Calls `visit` for each run of `inner` numbers: they share a factor. Those of `size` runs repeat, and each of `groups` has its own. */
function eachRun(
  count: number,
  size: number,
  inner: number,
  groups: number,
  visit: (factor: number, begin: number, end: number) => void,
): void {
  const perGroup = count / (inner * groups);
  for (let run = 0; run * inner < count; run++) {
    visit(Math.floor(run / perGroup) * size + (run % size), run * inner, (run + 1) * inner);
  }
}

/**
 * Multiplies numbers by factors that lie along an axis.
 * @param inner how many numbers in a row share a factor
 * @param groups parts of the numbers, one after the other, each with factors of its own
 */
export function scale(
  target: Numbers,
  numbers: Numbers,
  factors: Float64Array,
  inner: number,
  groups: number,
): void {
  eachRun(numbers.length, factors.length / groups, inner, groups, (factor, begin, end) => {
    const scale = factors[factor];
    for (let i = begin; i < end; i++) target[i] = numbers[i] * scale;
  });
}

/** The weight of weight_norm: g / |v| · v, the norm over all axes but the one along which g lies; g of one number is for all of v. */
export const normWeight: Fold = (target, { data: v, shape }, [g]) => {
  const axis = g.shape.findIndex((size) => size !== 1);
  const size = axis < 0 ? 1 : shape[axis];
  if (g.data.length !== size || (axis >= 0 && g.shape.length !== shape.length)) return false;
  const inner = axis < 0 ? v.length : product(shape.slice(axis + 1));
  const factors = new Float64Array(size);
  eachRun(v.length, size, inner, 1, (factor, begin, end) => {
    let sum = factors[factor];
    for (let i = begin; i < end; i++) sum += v[i] * v[i];
    factors[factor] = sum;
  });
  for (const [i, squares] of factors.entries()) factors[i] = g.data[i] / Math.sqrt(squares);
  scale(target, v, factors, inner, 1);
  return true;
};

/**
 * The weight of spectral_norm in eval mode: W / (u · W v), W as a matrix whose rows lie along the axis of filters. They may lie along
 * another, which the length of u tells.
 */
export const spectralWeight: Fold = (target, { data, shape }, [u, v], transposed) => {
  const fits = (axis: number) =>
    shape[axis] === u.data.length && u.data.length * v.data.length === data.length;
  const axis = [Number(transposed), ...shape.keys()].find(fits);
  if (axis === undefined) return false;
  const inner = product(shape.slice(axis + 1));
  const rows = shape[axis];
  const sigma = data.reduce((sum, value, i) => {
    const run = Math.floor(i / inner);
    return sum + u.data[run % rows] * value * v.data[Math.floor(run / rows) * inner + (i % inner)];
  }, 0);
  for (let i = 0; i < data.length; i++) target[i] = data[i] / sigma;
  return true;
};

/** The weight that was pruned: its numbers times the mask. */
export const maskedWeight: Fold = (target, { data, shape }, [mask]) => {
  for (let i = 0; i < data.length; i++) target[i] = data[i] * mask.data[i];
  return sameShape(mask.shape, shape);
};
