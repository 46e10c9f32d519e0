// Folds weight_norm, spectral_norm, pruning masks and BatchNorm into a layer's weight, in float64.

import { product } from '../core/lists.js';
import { sameShape, type Tensor } from '../core/tensor.js';

type Numbers = Float32Array | Float64Array;

/** Writes a weight, computed in float64. */
export type WriteWeight = (target: Numbers) => void;

/**
 * Computes a layer's weight from the tensors that a reparametrization stores instead of it.
 * @param numbers the main tensor, of the weight's shape
 * @param others the other tensors, such as a norm or a mask
 * @returns a function that writes the weight; undefined if the shapes are inconsistent
 */
export type Fold = (
  numbers: Tensor,
  others: readonly Tensor[],
  transposed: boolean,
) => WriteWeight | undefined;

/**
 * Visits runs of `inner` consecutive numbers that share a factor. The factor index cycles through `size` values, and each group has its
 * own `size` factors.
 */
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
 * Multiplies a tensor by one factor per index of an axis.
 * @param inner how many consecutive numbers share a factor
 * @param groups number of groups; each has its own factors, stored one group after the other
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

/** weight_norm: g / |v| · v, with the norm over all axes except the one that g varies along. If g is one number, over all axes. */
export const normWeight: Fold = ({ data: v, shape }, [g]) => {
  const axis = g.shape.findIndex((size) => size !== 1);
  const size = axis < 0 ? 1 : shape[axis];
  if (g.data.length !== size || (axis >= 0 && g.shape.length !== shape.length)) return undefined;
  const inner = axis < 0 ? v.length : product(shape.slice(axis + 1));
  const factors = new Float64Array(size);
  eachRun(v.length, size, inner, 1, (factor, begin, end) => {
    let sum = factors[factor];
    for (let i = begin; i < end; i++) sum += v[i] * v[i];
    factors[factor] = sum;
  });
  for (const [i, squares] of factors.entries()) factors[i] = g.data[i] / Math.sqrt(squares);
  return (target) => scale(target, v, factors, inner, 1);
};

/**
 * spectral_norm in eval mode: W / (u · W v), with W as a matrix whose rows are the filters. torch's `dim` may select other rows: then
 * the length of u tells the axis.
 */
export const spectralWeight: Fold = ({ data, shape }, [u, v], transposed) => {
  const fits = (axis: number) =>
    shape[axis] === u.data.length && u.data.length * v.data.length === data.length;
  const axis = [Number(transposed), ...shape.keys()].find(fits);
  if (axis === undefined) return undefined;
  const inner = product(shape.slice(axis + 1));
  const rows = shape[axis];
  const sigma = data.reduce((sum, value, i) => {
    const run = Math.floor(i / inner);
    return sum + u.data[run % rows] * value * v.data[Math.floor(run / rows) * inner + (i % inner)];
  }, 0);
  return (target) => {
    for (let i = 0; i < data.length; i++) target[i] = data[i] / sigma;
  };
};

/** Pruning: the weight times its mask. */
export const maskedWeight: Fold = ({ data, shape }, [mask]) => {
  if (!sameShape(mask.shape, shape)) return undefined;
  return (target) => {
    for (let i = 0; i < data.length; i++) target[i] = data[i] * mask.data[i];
  };
};
