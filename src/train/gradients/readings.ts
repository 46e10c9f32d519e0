// Readings: the convolutions that gradients are made from. For the gradient of an input, the equation of an axis is read from the output
// to the input; plans and kernels are those of every convolution.

import { product } from '../../core/lists.js';
import { adjoint, mapAxes, type PerAxis } from '../../geometry/axis.js';
import { isBlank } from '../../geometry/padding.js';
import { type Convolution, convolutionOf, denseMaps } from '../../problem/convolution.js';
import type { Problem } from '../../problem/problem.js';

/** A problem, and the convolutions whose plans compute its gradients. */
export interface Readings {
  readonly problem: Problem;
  /** from the output's gradient, with the layer's own weight, to the gradient of the input, or of its window where there is one */
  readonly input: Convolution;
  /** the one without upsampling that has the same weight: the problem's own, or of a transposed layer its adjoint */
  readonly plain: Convolution;
  /** the sizes of the padded input, where a padding mode has positions of the input stand outside, or padding crops it */
  readonly window: Readonly<PerAxis> | undefined;
}

/** The readings of a problem. */
export function readingsOf(problem: Problem): Readings {
  const convolution = convolutionOf(problem);
  const window = windowOf(problem);
  return {
    problem,
    input: inputReading(window ? overWindow(convolution, window) : convolution),
    plain: problem.transposed ? inputReading(convolution) : convolution,
    window,
  };
}

/**
 * The convolution that gives the gradient of a convolution's input: each axis is read from the output to the input, and the weight is
 * the same, with filters for channels. There is nothing outside of the gradient of a plain convolution, and that of a transposed one
 * is padded with zeros.
 */
function inputReading(c: Convolution): Convolution {
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

/** The sizes of the padded input, where its gradient has to be folded back. */
function windowOf({ paddingMode, input, paddingBegin, paddingEnd }: Problem): PerAxis | undefined {
  if (isBlank(paddingMode)) return undefined;
  const padded = input.map((size, axis) => size + paddingBegin[axis] + paddingEnd[axis]);
  const [depth, height, width] = [1, 1, 1, ...padded].slice(-3);
  return [depth, height, width];
}

/** The same convolution of an input that is padded already. */
function overWindow(c: Convolution, window: Readonly<PerAxis>): Convolution {
  return {
    ...c,
    axes: mapAxes(c.axes, (axis, index) => ({ ...axis, input: window[index], padding: 0 })),
    outside: 'zeros',
    input: denseMaps(c.groups, c.channels, product(window)),
  };
}
