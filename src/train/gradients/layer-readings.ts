// Layer readings: those of a layer's last inputs, so that a training loop describes its gradients once.

import { type Shape, sameShape } from '../../core/tensor.js';
import type { LayerInside } from '../../layers/inside.js';
import { checkSize } from '../../problem/line.js';
import { type Readings, readingsOf } from './readings.js';

/** Sizes of inputs whose readings are kept for a layer: training and validation, and some at the end of an epoch. */
const MOST_KEPT = 8;

interface Kept {
  readonly inputShape: Shape;
  readonly outputSize: Shape | undefined;
  readonly readings: Readings;
}

const kept = new WeakMap<object, Kept[]>();

/**
 * The readings of a layer for an input of a shape.
 * @throws RangeError if `forward` would
 */
export function layerReadings(
  layer: object,
  { parameters }: LayerInside,
  inputShape: Shape,
  outputSize?: Shape,
): Readings {
  let list = kept.get(layer);
  if (!list) {
    list = [];
    kept.set(layer, list);
  }
  for (const each of list)
    if (sameShape(each.inputShape, inputShape) && sameShape(each.outputSize ?? [], outputSize ?? []))
      return each.readings;
  const problem = parameters.problem(inputShape, outputSize);
  checkSize(problem, () => String(layer));
  const readings = readingsOf(problem);
  list.push({ inputShape: [...inputShape], outputSize: outputSize && [...outputSize], readings });
  if (list.length > MOST_KEPT) list.shift();
  return readings;
}
