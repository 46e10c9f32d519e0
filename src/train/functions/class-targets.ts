// The targets of cross entropy (class indices or probabilities), converted to one weight per position and class.

import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { type Shape, sameShape, type Tensor } from '../../core/tensor.js';

/** The checked options of a cross entropy. */
export interface ClassWeights {
  /** a weight per class, or null for ones */
  readonly weight: Float32Array | null;
  /** positions with this target are ignored */
  readonly ignoreIndex: number;
  /** the part of each target that is distributed equally among all classes */
  readonly labelSmoothing: number;
}

/** The layout of an input, [outer][classes][inner]. */
export interface Layout {
  readonly outer: number;
  readonly classes: number;
  readonly inner: number;
  /** the input's shape without the class axis */
  readonly positions: Shape;
}

/** The layout of logits: (classes), or (batch, classes, ...sizes). */
export function layoutOf(shape: Shape, where: Where): Layout {
  if (shape.length === 0)
    refuse(where, 'Expected an input of (classes) or (batch, classes, ...), but got a number');
  const axis = shape.length === 1 ? 0 : 1;
  return {
    outer: axis === 0 ? 1 : shape[0],
    classes: shape[axis],
    inner: product(shape.slice(axis + 1)),
    positions: shape.filter((_, index) => index !== axis),
  };
}

/** The targets of a loss. */
interface ClassTargets {
  /**
   * for each element of the input, the factor of the logarithm of its probability. With class indices a factor of 0 means that the
   * element is ignored, even if its logarithm is infinite
   */
  readonly counts: Float64Array;
  /** the divisor of a mean */
  readonly total: number;
  /** whether the target has probabilities rather than class indices */
  readonly areProbabilities: boolean;
}

/**
 * The targets of a cross entropy: probabilities if the target has the input's shape, else class indices.
 * @throws RangeError or TypeError with torch's message for invalid targets
 */
export function classTargets(
  target: Tensor,
  shape: Shape,
  layout: Layout,
  options: ClassWeights,
  where: Where,
): ClassTargets {
  if (sameShape(target.shape, shape)) return probabilities(target.data, layout, options, where);
  checkPositions(target.shape, shape, layout, where);
  return classes(target.data, layout, options, where);
}

function probabilities(
  target: Float32Array,
  { classes, inner, outer }: Layout,
  { weight, ignoreIndex, labelSmoothing }: ClassWeights,
  where: Where,
): ClassTargets {
  if (ignoreIndex >= 0) refuse(where, 'ignore_index is not supported for floating point target');
  const counts = new Float64Array(target.length);
  for (let i = 0; i < counts.length; i++) {
    const factor = weight ? weight[Math.floor(i / inner) % classes] : 1;
    counts[i] = factor * (target[i] * (1 - labelSmoothing) + labelSmoothing / classes);
  }
  return { counts, total: outer * inner, areProbabilities: true };
}

function classes(
  target: Float32Array,
  { classes: count, inner, outer }: Layout,
  { weight, ignoreIndex, labelSmoothing }: ClassWeights,
  where: Where,
): ClassTargets {
  const counts = new Float64Array(outer * count * inner);
  let total = 0;
  for (let position = 0; position < outer * inner; position++) {
    const given = target[position];
    if (!Number.isInteger(given)) refuseKind(where, `expected scalar type Long but found Float: ${given}`);
    if (given === ignoreIndex) continue;
    if (given < 0 || given >= count) refuse(where, `Target ${given} is out of bounds.`);
    const first = Math.floor(position / inner) * count * inner + (position % inner);
    const own = weight ? weight[given] : 1;
    for (let one = 0; labelSmoothing !== 0 && one < count; one++)
      counts[first + one * inner] = (labelSmoothing / count) * (weight ? weight[one] : 1);
    counts[first + given * inner] += (1 - labelSmoothing) * own;
    total += own;
  }
  return { counts, total, areProbabilities: false };
}

/** @throws RangeError with torch's message if the target's shape is not that of the input's positions */
function checkPositions(target: Shape, input: Shape, { positions }: Layout, where: Where): void {
  if (sameShape(target, positions)) return;
  if (input.length > 1 && target.length > 0 && target[0] !== input[0])
    refuse(where, `Expected input batch_size (${input[0]}) to match target batch_size (${target[0]}).`);
  refuse(
    where,
    `size mismatch (got input: ${describe(input)} , target: ${describe(target)}): expected classes of shape ${describe(positions)}, or probabilities of the input's shape`,
  );
}
