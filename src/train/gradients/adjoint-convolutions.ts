// The convolutions that compute gradients. The gradient of an input is itself a convolution, the adjoint, so it uses the same plans and
// kernels.

import { product } from '../../core/lists.js';
import { adjoint, mapAxes, type PerAxis } from '../../geometry/axis.js';
import { isBlank } from '../../geometry/padding.js';
import { type Convolution, convolutionOf, denseMaps } from '../../problem/convolution.js';
import type { Problem } from '../../problem/problem.js';

/** A problem, and the convolutions that compute its gradients. */
export interface GradientConvolutions {
  readonly problem: Problem;
  /** maps the output gradient, with the layer's own weight, to the gradient of the input, or of the padded input if `window` is set */
  readonly input: Convolution;
  /** the convolution that is not transposed: the problem's own, or the adjoint of a transposed one. It has the same weight */
  readonly plain: Convolution;
  /** the sizes of the padded input, if its gradient must be folded back: for padding modes other than zeros */
  readonly window: Readonly<PerAxis> | undefined;
}

/** The gradient convolutions of a problem. */
export function gradientConvolutionsOf(problem: Problem): GradientConvolutions {
  const convolution = convolutionOf(problem);
  const window = windowOf(problem);
  return {
    problem,
    input: adjointConvolution(window ? overWindow(convolution, window) : convolution),
    plain: problem.kind.transposed ? adjointConvolution(convolution) : convolution,
    window,
  };
}

/**
 * The adjoint convolution, which computes the gradient of the input from that of the output. It has the same weight, with filters and
 * channels exchanged. The adjoint of a plain convolution is a transposed one, and vice versa.
 */
function adjointConvolution(c: Convolution): Convolution {
  return {
    line: `input gradient of ${c.line}`,
    batch: c.batch,
    groups: c.groups,
    channels: c.filters,
    filters: c.channels,
    axes: mapAxes(c.axes, adjoint),
    outside: c.outside === 'nothing' ? 'zeros' : 'nothing',
    input: c.output,
    output: c.input,
    weight: { group: c.weight.group, filter: c.weight.channel, channel: c.weight.filter },
  };
}

/** The sizes of the padded input, if its gradient must be folded back. */
function windowOf({ paddingMode, input, paddingBegin, paddingEnd }: Problem): PerAxis | undefined {
  if (isBlank(paddingMode)) return undefined;
  const padded = input.map((size, axis) => size + paddingBegin[axis] + paddingEnd[axis]);
  const [depth, height, width] = [1, 1, 1, ...padded].slice(-3);
  return [depth, height, width];
}

/** The same convolution, applied to an input that is already padded. */
function overWindow(c: Convolution, window: Readonly<PerAxis>): Convolution {
  return {
    ...c,
    axes: mapAxes(c.axes, (axis, index) => ({ ...axis, input: window[index], padding: 0 })),
    outside: 'zeros',
    input: denseMaps(c.groups, c.channels, product(window)),
  };
}
