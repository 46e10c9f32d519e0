// Accumulate: gradients added up, those of parameters in place.

import type { Tensor } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident.js';
import type { Parameter } from '../../layers/parameter.js';
import { viewOf } from './intermediate.js';

/**
 * Adds to the gradient of a parameter, in place where there is one.
 * @throws RangeError if that is a view of wasm memory that grew since, which detaches views
 * @param isNew whether nobody else holds the tensor, so that it may become the gradient
 */
export function addToGrad(parameter: Parameter, gradient: Tensor, isNew: boolean): void {
  const { grad, shape } = parameter;
  if (grad) addTo(viewOf(grad), viewOf(gradient));
  else {
    const data = isNew && !(gradient instanceof ResidentTensor) ? gradient.data : viewOf(gradient).slice();
    parameter.grad = { data, shape: [...shape] };
  }
}

/** Adds one after the other. */
export function addTo(sum: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i];
}
