// Torch's activations in float64, written apart from the library.

import type { ActivationName } from 'convnd';

/** The standard normal distribution below a number: by its series, far out by a continued fraction. */
function below(x: number): number {
  if (x > 0) return 1 - below(-x);
  const z = -x / Math.SQRT2;
  if (z < 2.5) {
    let sum = z;
    let term = z;
    for (let n = 1; n < 80; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return 0.5 - sum / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 80; k > 0; k--) fraction = k / 2 / (z + fraction);
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction) / 2;
}

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/** Activation → its value. Torch's formulas of silu, gelu and hardswish have NaN at -Infinity. */
export const activated: Record<ActivationName, (x: number, slope: number) => number> = {
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  leakyRelu: (x, slope) => (x < 0 ? slope * x : x),
  tanh: Math.tanh,
  sigmoid,
  silu: (x) => x * (x === Number.NEGATIVE_INFINITY ? 0 : sigmoid(x)),
  hardswish: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  gelu: (x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? x * Number(x > 0) : x * below(x)),
};
