// Caches the gradient convolutions of a layer by input shape, so that a training loop does not derive them in every step.

import { type Shape, sameShape } from '../../core/tensor.js';
import type { LayerInside } from '../../layers/internals.js';
import { checkSize } from '../../problem/line.js';
import { type GradientConvolutions, gradientConvolutionsOf } from './adjoint-convolutions.js';

/** Input shapes per layer: those of training, of validation, and of the last batch of each. */
const CACHE_SIZE = 8;

interface Entry {
  readonly inputShape: Shape;
  readonly outputSize: Shape | undefined;
  readonly readings: GradientConvolutions;
}

const cache = new WeakMap<object, Entry[]>();

/**
 * The gradient convolutions of a layer for an input shape.
 * @throws RangeError where `forward` would throw
 */
export function layerGradientConvolutions(
  layer: object,
  { parameters }: LayerInside,
  inputShape: Shape,
  outputSize?: Shape,
): GradientConvolutions {
  let list = cache.get(layer);
  if (!list) {
    list = [];
    cache.set(layer, list);
  }
  for (const each of list)
    if (sameShape(each.inputShape, inputShape) && sameShape(each.outputSize ?? [], outputSize ?? []))
      return each.readings;
  const problem = parameters.problem(inputShape, outputSize);
  checkSize(problem, () => String(layer));
  const readings = gradientConvolutionsOf(problem);
  list.push({ inputShape: [...inputShape], outputSize: outputSize && [...outputSize], readings });
  if (list.length > CACHE_SIZE) list.shift();
  return readings;
}
