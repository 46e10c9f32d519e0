// Tensors: the memory of a call's tensors: whether it overlaps, and copies of it.

import { product } from '../core/lists.js';
import { checkSizes, type Tensor } from '../core/tensor.js';
import { copyNumbers, Resident } from '../engine/address.js';
import { arraysOverlap } from '../engine/heap.js';

/** A tensor's numbers, with what may lie between them. */
export function numbersIn(tensor: Tensor): Float32Array {
  return tensor instanceof Resident ? tensor.span : tensor.data;
}

/**
 * A tensor whose `data` has been read. A getter may run calls of its own, which must not happen within a call, or return more numbers than
 * before. Resident tensors stay as they are: the memory may grow, so their numbers are looked up when they are needed.
 */
export function readOnce(tensor: Tensor): Tensor {
  if (tensor instanceof Resident) return tensor;
  const { data, shape } = tensor;
  checkSizes(data, shape, 'tensor');
  return { data, shape };
}

/** Whether two tensors overlap in memory. */
export function shareNumbers(one: Tensor, other: Tensor): boolean {
  if (one instanceof Resident && other instanceof Resident) return one.overlaps(other);
  return arraysOverlap(numbersIn(one), numbersIn(other));
}

/** A copy of a tensor outside of wasm memory. */
export function copyOfTensor(tensor: Tensor): Tensor {
  const { shape } = tensor;
  const data = new Float32Array(product(shape));
  copyNumbers(tensor, data);
  return { data, shape };
}
