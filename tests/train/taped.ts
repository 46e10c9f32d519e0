// Layers, inputs and gradients for the tests of the tape.

import { Conv1d, type Conv2d, type ConvTranspose1d, type Tensor, tensor } from 'convnd';
import { integers } from '../helpers/numbers.js';

export const numbers = (tensor: Tensor | null | undefined) => (tensor ? [...tensor.data] : tensor);

export const whole = (shape: number[], seed: number) =>
  tensor(
    integers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );

export const filled = <L extends Conv1d | Conv2d | ConvTranspose1d>(layer: L, seed = 1): L => {
  layer.weight = whole(layer.weight.shape, seed);
  if (layer.bias) layer.bias = whole(layer.bias.shape, seed + 1);
  return layer;
};

export const grads = (layer: Conv1d | Conv2d | ConvTranspose1d) =>
  layer.parameters().map(({ grad }) => numbers(grad));

export const x = whole([2, 3, 9], 7);

export const g = whole([2, 4, 9], 8);

export const conv = () => filled(new Conv1d(3, 4, 3, { padding: 1 }));
