// The derivatives of smooth activations, computed in float64 and rounded once. Those of relu and its variants are in mask-and-sum.ts.

import type { Tensor } from '../../core/tensor.js';
import type { Activation } from '../../run/activation.js';
import { viewOf } from '../tensors/intermediate.js';

/** The input and the result of an activation, if its derivative needs them. */
export interface Known {
  readonly given?: Tensor | undefined;
  readonly result?: Tensor | undefined;
}

/** Whether the derivative follows from the result alone. Not for a leaky relu with a negative slope, whose results are all positive. */
export function isToldByResult({ entry, operand }: Activation): boolean {
  return (
    entry === 'clamp' || entry === 'tanh' || entry === 'sigmoid' || (entry === 'leakyRelu' && !(operand < 0))
  );
}

/** Whether the derivative is computed from the result even if the input is known. */
export function needsResult({ entry }: Activation): boolean {
  return entry === 'tanh' || entry === 'sigmoid' || entry === 'gelu';
}

/** Multiplies gradients by derivatives. Each activation has its own loop, for the reason that functions/pointwise-loss.ts gives. */
type Slope = (gradient: Float32Array, given: Float32Array, result: Float32Array, to: Float32Array) => void;

const SLOPES: Readonly<Partial<Record<Activation['entry'], Slope>>> = {
  tanh(g, _, y, to) {
    for (let i = 0; i < to.length; i++) to[i] = g[i] * (1 - y[i] * y[i]);
  },
  sigmoid(g, _, y, to) {
    for (let i = 0; i < to.length; i++) to[i] = g[i] * (y[i] * (1 - y[i]));
  },
  silu(g, x, _, to) {
    for (let i = 0; i < to.length; i++) {
      const share = 1 / (1 + Math.exp(-x[i]));
      to[i] = g[i] * share * (1 + x[i] * (1 - share));
    }
  },
  hardswish(g, x, _, to) {
    // -0.5 at -3, 1 at 3, NaN at NaN: like torch's vectorized code; its scalar code for the remaining elements differs
    for (let i = 0; i < to.length; i++) to[i] = x[i] < -3 ? 0 : x[i] >= 3 ? g[i] : g[i] * (x[i] / 3 + 0.5);
  },
  gelu(g, x, y, to) {
    const height = 1 / Math.sqrt(2 * Math.PI);
    for (let i = 0; i < to.length; i++) {
      // gelu is x · Φ(x), with the normal distribution function Φ
      const share = Math.abs(x[i]) < 1e-30 ? 0.5 : y[i] / x[i];
      to[i] = g[i] * (share + x[i] * height * Math.exp(-0.5 * x[i] * x[i]));
    }
  },
};

/** Whether this file has the derivative of an activation. */
export function hasSlope({ entry }: Activation): boolean {
  return SLOPES[entry] !== undefined;
}

/**
 * Multiplies a gradient by the derivative of an activation.
 * @param known for gelu the result must be that of exactly this input, because their quotient is used
 * @param out may be the gradient itself
 */
export function multiplyBySlope(
  { entry }: Activation,
  { given, result }: Known,
  gradient: Tensor,
  out: Tensor,
): void {
  const numbers = viewOf(gradient);
  SLOPES[entry]?.(numbers, given ? viewOf(given) : numbers, result ? viewOf(result) : numbers, viewOf(out));
}
