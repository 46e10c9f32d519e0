// Operand: what was handed over, as a tensor.

import type { Where } from '../../core/errors.js';
import { asTensor, type Tensor, type TensorLike } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident.js';

/** What was handed over, as a tensor; what lies in wasm memory stays there. */
export function operand(given: TensorLike, name: string, where: Where): Tensor {
  return given instanceof ResidentTensor ? given : asTensor(given, name, where);
}
