// Allocates a gradient that the caller keeps.

import { describe, type Where } from '../../core/errors.js';
import { allocate, type Shape, type Tensor } from '../../core/tensor.js';

/**
 * A tensor of zeros.
 * @throws RangeError if there is not enough memory
 */
export function newGradient(shape: Shape, where: Where): Tensor {
  return allocate([...shape], () => `the gradient ${describe(shape)} [${where()}]`);
}
