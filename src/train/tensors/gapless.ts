// Contiguous copies of strided tensors. A view of some channels of several images is not contiguous: gradients read it from a copy, and
// are copied to it at the end.

import type { Tensor } from '../../core/tensor.js';
import { flatViewOf, stepOf } from '../../engine/address.js';
import { resident } from '../../engine/resident.js';
import type { ResidentTensor } from '../../engine/resident-tensor.js';
import { viewOf } from './intermediate.js';

/** Calls a function with contiguous tensors: strided ones are replaced by copies in wasm memory, which are freed afterwards. */
export function gapless<T>(tensors: readonly Tensor[], call: (...tensors: Tensor[]) => T): T {
  if (tensors.every((tensor) => stepOf(tensor) < 0)) return call(...tensors);
  const copies: ResidentTensor[] = [];
  try {
    const dense = tensors.map((tensor) => {
      if (stepOf(tensor) < 0) return tensor;
      const copy = resident(tensor);
      copies.push(copy);
      return copy;
    });
    return call(...dense);
  } finally {
    for (const copy of copies) copy.dispose();
  }
}

/** Copies a contiguous tensor to a strided one. */
export function copyToStrided(from: Tensor, to: Tensor): void {
  const numbers = viewOf(from);
  const { array, together, index } = flatViewOf(to);
  for (let first = 0; first < numbers.length; first += together)
    array.set(numbers.subarray(first, first + together), index(first));
}
