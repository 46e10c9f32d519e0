// Tensors: where those of a call lie, and what they share.

import { asList } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Tensor } from '../core/tensor.js';
import { copyNumbers, Resident, residentsOverlap, spanOf, stepOf } from '../engine/address.js';
import { arraysOverlap } from '../engine/heap.js';
import type { MapStrides } from '../problem/convolution.js';

/** A tensor's numbers, with what may lie between them. */
export function numbersIn(tensor: Tensor): Float32Array {
  return tensor instanceof Resident ? spanOf(tensor) : tensor.data;
}

/**
 * A tensor whose numbers are read now and not in the midst of a call: a getter may compute them, by calls of its own. Those of resident
 * tensors are found anew whenever they are needed, for memory may grow.
 */
export function readOnce(tensor: Tensor): Tensor {
  return tensor instanceof Resident ? tensor : { data: tensor.data, shape: tensor.shape };
}

/** Whether numbers of one tensor are numbers of the other; two resident ones have as much memory as their shapes say. */
export function shareNumbers(one: Tensor, other: Tensor): boolean {
  if (one instanceof Resident && other instanceof Resident) return residentsOverlap(one, other);
  return arraysOverlap(numbersIn(one), numbersIn(other));
}

/** @throws RangeError for channels of several images that are not those of the convolution */
export function checkImages(tensor: Tensor, batch: number, { image }: MapStrides): void {
  const { shape } = tensor;
  if (stepOf(tensor) < 0 || (shape[0] === batch && image === product(shape.slice(1)))) return;
  throw new RangeError(
    `channels of a resident tensor: ${asList(shape)} has them along axis 1, but is taken without a batch here; ` +
      'channels(from, count, { axis: 0 }) takes them of a tensor that has none',
  );
}

/** A copy of a tensor outside of wasm memory. */
export function apartFrom(tensor: Tensor): Tensor {
  const { shape } = tensor;
  const data = new Float32Array(product(shape));
  copyNumbers(tensor, data);
  return { data, shape };
}
