// Applies an activation to a tensor, by the epilogue of an identity convolution, so that the result is bitwise that of a layer.

import { product } from '../../core/lists.js';
import { Recent } from '../../core/recent.js';
import type { Tensor } from '../../core/tensor.js';
import { GivenParameters, plansFor } from '../../layers/internals.js';
import { type Convolution, convolutionOf } from '../../problem/convolution.js';
import { checkOptions } from '../../problem/options.js';
import { plainKind } from '../../problem/plain.js';
import { problemOf } from '../../problem/problem.js';
import type { Activation } from '../../run/activation.js';

/** The weight of the identity convolution. */
const identity: Tensor = { data: Float32Array.of(1), shape: [1, 1, 1] };

/** The identity convolutions of the last sizes: making one takes as long as activating 2,000 numbers. */
const convolutions = new Recent<number, Convolution>(64);

function identityOf(numbers: number): Convolution {
  const where = () => 'an activation';
  const options = checkOptions({ kind: plainKind, rank: 1, isLayer: false }, undefined, where);
  const shapes = { input: [1, 1, numbers], weight: identity.shape };
  return convolutionOf(problemOf(options, shapes, where));
}

/**
 * Applies an activation to each element.
 * @param x a contiguous tensor, plain or resident
 * @param out a tensor of the same size
 * @throws RangeError if there is not enough memory
 */
export function activate(x: Tensor, activation: Activation, out: Tensor): void {
  const numbers = product(x.shape);
  if (numbers === 0) return;
  const convolution = convolutions.get(numbers) ?? convolutions.set(numbers, identityOf(numbers));
  plansFor(identity)
    .prepared(convolution, { winograd: 'never' })
    .run(x, out, new GivenParameters(identity, null), { scale: 1, activation });
}
