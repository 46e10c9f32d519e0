// Contiguous copies of strided tensors. A view of some channels of several images is not contiguous: gradients read it from a copy, and
// are copied to it at the end.

import { product } from '../../core/lists.js';
import type { Tensor } from '../../core/tensor.js';
import { type Resident, spanOf, stepOf } from '../../engine/address.js';
import { type ResidentTensor, resident } from '../../engine/resident.js';
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
  const size = product(to.shape.slice(1));
  const [numbers, span] = [viewOf(from), spanOf(to as Resident)];
  for (let image = 0; image < to.shape[0]; image++)
    span.set(numbers.subarray(image * size, (image + 1) * size), image * stepOf(to));
}
