// Applies an activation to a tensor, by the epilogue of an identity convolution, so that the result is bitwise that of a layer.

import { product } from '../../core/lists.js';
import type { Tensor } from '../../core/tensor.js';
import { GivenParameters, plansFor } from '../../layers/internals.js';
import { convolutionOf } from '../../problem/convolution.js';
import { checkOptions } from '../../problem/options.js';
import { problemOf } from '../../problem/problem.js';
import type { Activation } from '../../run/activation.js';

/** The weight of the identity convolution. */
const identity: Tensor = { data: Float32Array.of(1), shape: [1, 1, 1] };

const where = () => 'an activation';

/**
 * Applies an activation to each element.
 * @param x a contiguous tensor, plain or resident
 * @param out a tensor of the same size
 * @throws RangeError if there is not enough memory
 */
export function activate(x: Tensor, activation: Activation, out: Tensor): void {
  const numbers = product(x.shape);
  if (numbers === 0) return;
  const options = checkOptions({ transposed: false, rank: 1, isLayer: false }, undefined, where);
  const problem = problemOf(options, { input: [1, 1, numbers], weight: identity.shape, bias: null }, where);
  plansFor(identity)
    .prepared(convolutionOf(problem), { winograd: 'never' })
    .run(x, out, new GivenParameters(identity, null), { scale: 1, activation });
}
