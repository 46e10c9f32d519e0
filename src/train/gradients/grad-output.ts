// Grad output: the gradient of an output, and the output itself, as a caller hands them over.

import { asList, describe, refuse, type Where } from '../../core/errors.js';
import { type Shape, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';

/**
 * The gradient of an output of a shape, as a tensor. Numbers of other types are converted.
 * @throws TypeError if it is not a tensor, RangeError with torch's sentence for any other shape: nothing is broadcast
 */
export function checkGradOutput(given: TensorLike, shape: Shape, where: Where): Tensor {
  const gradient = inputTensor(given, where, 'gradOutput');
  if (!sameShape(gradient.shape, shape)) {
    refuse(
      where,
      `Mismatch in shape: grad_output[0] has a shape of torch.Size(${asList(gradient.shape)}) ` +
        `and output[0] has a shape of torch.Size(${asList(shape)})`,
    );
  }
  return gradient;
}

/**
 * An output of a shape, as a tensor.
 * @throws TypeError if it is not a tensor, RangeError for any other shape
 */
export function checkOutput(given: TensorLike, shape: Shape, where: Where): Tensor {
  const output = inputTensor(given, where, 'output');
  if (!sameShape(output.shape, shape))
    refuse(where, `output: expected shape ${describe(shape)}, got ${describe(output.shape)}`);
  return output;
}
