// Activate: an activation of a tensor by itself, by the module that does it beside a convolution, so that numbers are the same.

import { product } from '../../core/lists.js';
import type { Tensor } from '../../core/tensor.js';
import { GivenParameters, plansFor } from '../../layers/inside.js';
import { convolutionOf } from '../../problem/convolution.js';
import { checkOptions } from '../../problem/options.js';
import { problemOf } from '../../problem/problem.js';
import type { Activation } from '../../run/activation.js';

/** A convolution by this changes nothing. */
const one: Tensor = { data: Float32Array.of(1), shape: [1, 1, 1] };

const where = () => 'an activation';

/**
 * Computes an activation of each number.
 * @param x plain or resident, without gaps
 * @param out of the same size
 * @throws RangeError if memory is insufficient
 */
export function activate(x: Tensor, activation: Activation, out: Tensor): void {
  const numbers = product(x.shape);
  if (numbers === 0) return;
  const options = checkOptions({ transposed: false, rank: 1, isLayer: false }, undefined, where);
  const problem = problemOf(options, { input: [1, 1, numbers], weight: one.shape, bias: null }, where);
  plansFor(one)
    .prepared(convolutionOf(problem), { winograd: 'never' })
    .run(x, out, new GivenParameters(one, null), { scale: 1, activation });
}
