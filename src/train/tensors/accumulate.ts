// Accumulates gradients, in place for parameters.

import type { Tensor } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident-tensor.js';
import type { Parameter } from '../../layers/parameter.js';
import { viewOf } from './intermediate.js';

/**
 * Adds to the gradient of a parameter, in place if there is one.
 * @param isNew whether `gradient` is not referenced elsewhere, so that it may become the parameter's gradient
 * @throws RangeError if the current gradient is a detached view of wasm memory
 */
export function addToGrad(parameter: Parameter, gradient: Tensor, isNew: boolean): void {
  const { grad, shape } = parameter;
  if (grad) addTo(viewOf(grad), viewOf(gradient));
  else {
    const data = isNew && !(gradient instanceof ResidentTensor) ? gradient.data : viewOf(gradient).slice();
    parameter.grad = { data, shape: [...shape] };
  }
}

/** Adds `values` to `sum`. */
export function addTo(sum: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i];
}
