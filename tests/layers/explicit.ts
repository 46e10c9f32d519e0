// Runs ONNX and WebNN vectors with convnd: the same layer where torch has one, else the functional with pairs as padding.

import type { Tensor } from 'convnd';
import { functionalOf, torchLayer } from '../helpers/build.js';
import type { ExplicitCase, Stored } from '../helpers/fixtures.js';
import { type Problem, product } from '../reference/reference.js';

/** The part of a tensor's last dimensions from `begin` on with these sizes; zeros where it reaches beyond. */
export function window({ data, shape }: Stored, begin: number[], sizes: number[]): Stored {
  const front = shape.slice(0, -sizes.length);
  const old = shape.slice(-sizes.length);
  const result = new Float32Array(product(front) * product(sizes));
  for (let at = 0; at < result.length; at++) {
    let rest = at;
    let from = 0;
    let scale = 1;
    let inside = true;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const position = (rest % sizes[axis]) + begin[axis];
      rest = Math.floor(rest / sizes[axis]);
      inside &&= position >= 0 && position < old[axis];
      from += position * scale;
      scale *= old[axis];
    }
    if (inside) result[at] = data[from + rest * scale];
  }
  return { data: result, shape: [...front, ...sizes] };
}

/** Permutes the axes: axis j of the result is axis order[j]. */
export function permute({ data, shape }: Stored, order: number[]): Stored {
  const sizes = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => product(shape.slice(axis + 1)));
  const result = new Float32Array(data.length);
  for (let at = 0; at < result.length; at++) {
    let rest = at;
    let from = 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += (rest % sizes[axis]) * steps[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    result[at] = data[from];
  }
  return { data: result, shape: sizes };
}

/** What the case computes, for the reference. */
export function explicitProblem({ conv }: ExplicitCase, x: Stored, weight: Stored): Problem {
  const filters = conv.transposed ? weight.shape[1] * conv.groups : weight.shape[0];
  return {
    transposed: conv.transposed,
    batch: x.shape[0],
    groups: conv.groups,
    channels: x.shape[1],
    filters,
    input: x.shape.slice(2),
    kernel: weight.shape.slice(2),
    stride: conv.stride,
    padding: conv.pads_begin.map((begin, axis) => [begin, conv.pads_end[axis]]),
    dilation: conv.dilation,
    outputPadding: conv.output_padding ?? conv.stride.map(() => 0),
    mode: 'zeros',
  };
}

/** Runs it with tensors in torch's layout. */
export function runExplicit(
  entry: ExplicitCase,
  x: Stored,
  weight: Stored,
  bias: Stored | undefined,
): Tensor {
  const { conv } = entry;
  if (entry.torch) {
    const layer = torchLayer(entry.torch);
    layer.loadStateDict({ weight, ...(bias && { bias }) });
    return layer.forward(x);
  }
  const rank = conv.stride.length;
  return functionalOf(`conv${conv.transposed ? '_transpose' : ''}${rank}d`)(x, weight, bias ?? null, {
    stride: conv.stride,
    padding: conv.pads_begin.map((begin, axis) => [begin, conv.pads_end[axis]]),
    dilation: conv.dilation,
    groups: conv.groups,
    ...(conv.transposed && { outputPadding: conv.output_padding }),
  });
}
