// The options `activation` and `inputActivation` of `forward`.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Activation } from '../run/activation.js';

/** Activations that `forward` applies, as in torch: `leakyRelu` is leaky_relu, `gelu` uses the error function. */
export type ActivationName =
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'tanh'
  | 'sigmoid'
  | 'silu'
  | 'hardswish'
  | 'gelu';

/** What each takes beside the numbers, by default: the most that passes, or a slope. */
const OPERANDS: Readonly<Record<ActivationName, number>> = {
  relu: Number.POSITIVE_INFINITY,
  relu6: 6,
  leakyRelu: 0.01,
  tanh: 0,
  sigmoid: 0,
  silu: 0,
  hardswish: 0,
  gelu: 0,
};
const NAMES = Object.keys(OPERANDS);

/** What the options of an activation are called. */
type OptionNames = readonly [activation: string, slope: string];
const OF_OUTPUT: OptionNames = ['activation', 'negativeSlope'];
export const OF_INPUT: OptionNames = ['inputActivation', 'inputNegativeSlope'];

/**
 * The activation that the options of `forward` ask for, if any.
 * @param options the names of both options
 * @throws TypeError, RangeError for options that don't fit
 */
export function activationOf(
  name: ActivationName | undefined,
  negativeSlope: number | undefined,
  where: Where,
  [option, slope] = OF_OUTPUT,
): Activation | undefined {
  if (name === undefined) {
    if (negativeSlope !== undefined) refuse(where, `${slope} goes with ${option}: 'leakyRelu'`);
    return undefined;
  }
  if (!NAMES.includes(name)) {
    refuseKind(where, `${option}: expected one of ${NAMES.join(', ')}, but got ${describe(name)}`);
  }
  if (negativeSlope !== undefined) {
    if (name !== 'leakyRelu') refuse(where, `${slope} goes with ${option}: 'leakyRelu', not with ${name}`);
    if (typeof negativeSlope !== 'number')
      refuseKind(where, `${slope} must be a number, but got ${describe(negativeSlope)}`);
  }
  const entry = name === 'relu' || name === 'relu6' ? 'clamp' : name;
  return { entry, operand: negativeSlope ?? OPERANDS[name] };
}
