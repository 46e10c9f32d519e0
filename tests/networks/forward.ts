// Forward: what stands beside a convolution in the networks.

import { type Conv1d, type Conv2d, type ConvTranspose1d, type Tensor, tensor } from 'convnd';

/** What stands beside a convolution: activation(scale * (the convolution of what comes in) + add). */
export interface Beside {
  out: Tensor;
  add?: Tensor;
  scale?: number;
  activation?: Name;
  negativeSlope?: number;
  inputActivation?: Name;
  inputNegativeSlope?: number;
  upsample?: number;
}

type Name = 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid' | 'silu';

const functions: Record<Name, (x: number, slope: number) => number> = {
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x, slope) => (x < 0 ? slope * x : x),
  tanh: (x) => Math.tanh(x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  silu: (x) => x / (1 + Math.exp(-x)),
};

/** A layer with what stands beside it. */
export function forward(layer: Conv1d | Conv2d | ConvTranspose1d, x: Tensor, beside: Beside): Tensor {
  const { out, add, scale = 1, activation, negativeSlope = 0.01 } = beside;
  const { inputActivation, inputNegativeSlope = 0.01, upsample } = beside;
  let input = x;
  if (inputActivation) {
    const activate = functions[inputActivation];
    input = tensor(
      x.data.map((value) => activate(value, inputNegativeSlope)),
      x.shape,
    );
  }
  const { data } = layer.forward(input, { upsample } as object);
  const activate = activation && functions[activation];
  const added = add?.data;
  out.data.set(
    data.map((value, i) => {
      const sum = scale * value + (added?.[i] ?? 0);
      return activate ? activate(sum, negativeSlope) : sum;
    }),
  );
  return out;
}
