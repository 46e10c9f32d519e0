// Gapless: channels of several images of a resident tensor have others between them. Gradients read such tensors from a copy.

import type { Tensor } from '../../core/tensor.js';
import { type ResidentTensor, resident, stepOf } from '../../engine/resident.js';

/** Calls with tensors whose numbers follow one another: copies in wasm memory, given back at the end, of those whose numbers don't. */
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
