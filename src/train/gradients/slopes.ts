// Slopes: the gradient of what an activation was given, from that of its result, in float64 and rounded once. Those that a comparison gives,
// of relu and its kin, are in mask-and-sum.ts.

import type { Tensor } from '../../core/tensor.js';
import type { Activation } from '../../run/activation.js';
import { viewOf } from '../tensors/intermediate.js';

/** What an activation was given, and what it made of it: as far as its slope asks for them. */
export interface Known {
  readonly given?: Tensor | undefined;
  readonly result?: Tensor | undefined;
}

/** Whether the result of an activation tells its slope. That of a leaky relu of negative slope does not: it turns signs round. */
export function isToldByResult({ entry, operand }: Activation): boolean {
  return (
    entry === 'clamp' || entry === 'tanh' || entry === 'sigmoid' || (entry === 'leakyRelu' && !(operand < 0))
  );
}

/** Whether the slope of an activation asks for its result, also where it is known what it was given. */
export function needsResult({ entry }: Activation): boolean {
  return entry === 'tanh' || entry === 'sigmoid' || entry === 'gelu';
}

/** Multiplies gradients by slopes. Loops of their own, so that none allocates. */
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
    // -0.5 at -3, 1 at 3 and NaN at NaN: as torch's vectors have it, whose single numbers at the end differ
    for (let i = 0; i < to.length; i++) to[i] = x[i] < -3 ? 0 : x[i] >= 3 ? g[i] : g[i] * (x[i] / 3 + 0.5);
  },
  gelu(g, x, y, to) {
    const height = 1 / Math.sqrt(2 * Math.PI);
    for (let i = 0; i < to.length; i++) {
      // gelu is x times the share of the normal distribution below x
      const share = Math.abs(x[i]) < 1e-30 ? 0.5 : y[i] / x[i];
      to[i] = g[i] * (share + x[i] * height * Math.exp(-0.5 * x[i] * x[i]));
    }
  },
};

/** Whether the slope of an activation is one of these. */
export function hasSlope({ entry }: Activation): boolean {
  return SLOPES[entry] !== undefined;
}

/**
 * Multiplies a gradient by the slope of an activation.
 * @param known for gelu the result of just what was given: near 0 their quotient is the slope
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
