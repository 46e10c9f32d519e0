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

type Name = 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid' | 'silu' | 'gelu';

const functions: Record<Name, (x: number, slope: number) => number> = {
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x, slope) => (x < 0 ? slope * x : x),
  tanh: (x) => Math.tanh(x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + errorFunction(x / Math.SQRT2)),
};

/** By the series and the continued fraction of Abramowitz and Stegun, 7.1.26: an absolute error below 1.5e-7. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

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
