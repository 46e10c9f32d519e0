// convnd as a contender, on resident tensors: forward with and without Winograd, and the gradients as a training step computes them.

import * as convnd from 'convnd';
import { insideOf } from '#src/layers/internals.js';
import type { Layer } from '#src/layers/layer.js';
import type { Problem } from '#src/problem/problem.js';
import { inputGradient, weightGradient } from '#src/train/gradients/gradients.js';
import { layerGradientConvolutions } from '#src/train/gradients/layer-convolutions.js';
import { makeLayer } from '../layer.js';
import { inputShape, makeOperands, outputShape, product, randomFloats } from '../operands.js';

interface Forward {
  forward(x: convnd.Tensor, options: { out: convnd.Tensor }): void;
}

/** The calls: forward, forward without Winograd, input gradient, weight gradient. */
export function callsOf(p: Problem): (() => void)[] {
  const operands = makeOperands(p);
  const layer = makeLayer(convnd, p, operands) as unknown as Layer & Forward;
  const inside = insideOf(layer)!;
  const input = convnd.resident(convnd.tensor(operands.x, inputShape(p)));
  const output = convnd.resident({ shape: outputShape(p) });
  const gradient = convnd.resident(convnd.tensor(randomFloats(product(outputShape(p)), 4), outputShape(p)));
  const gradInput = convnd.resident({ shape: inputShape(p) });
  const gradWeight = convnd.resident({ shape: layer.weight.shape });
  const readings = layerGradientConvolutions(layer, inside, inputShape(p));
  const forward = (winograd: 'auto' | 'never') => () => {
    layer.winograd = winograd;
    layer.forward(input, { out: output });
  };
  return [
    forward('auto'),
    forward('never'),
    () => inputGradient(readings, inside.plans, inside.parameters.current(), gradient, 'auto', gradInput),
    () => weightGradient(readings, input, gradient, gradWeight),
  ];
}
