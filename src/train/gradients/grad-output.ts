// Checks the arguments `gradOutput` and `output` of backward functions.

import { asList, describe, refuse, type Where } from '../../core/errors.js';
import { type Shape, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';

/**
 * Converts the gradient of an output to a tensor of float32.
 * @throws TypeError if it is not a tensor, RangeError with torch's message for any other shape
 */
export function checkGradOutput(given: TensorLike, shape: Shape, where: Where): Tensor {
  const gradient = inputTensor(given, where, 'gradOutput');
  checkGradShape(gradient.shape, shape, where);
  return gradient;
}

/** @throws RangeError with torch's message for a gradient that does not have the shape of its output (there is no broadcasting) */
export function checkGradShape(given: Shape, shape: Shape, where: Where): void {
  if (sameShape(given, shape)) return;
  refuse(
    where,
    `Mismatch in shape: grad_output[0] has a shape of torch.Size(${asList(given)}) ` +
      `and output[0] has a shape of torch.Size(${asList(shape)}).`,
  );
}

/**
 * Converts an output to a tensor of float32.
 * @throws TypeError if it is not a tensor, RangeError for any other shape
 */
export function checkOutput(given: TensorLike, shape: Shape, where: Where): Tensor {
  const output = inputTensor(given, where, 'output');
  if (!sameShape(output.shape, shape))
    refuse(where, `output: expected shape ${describe(shape)}, got ${describe(output.shape)}`);
  return output;
}
