// Checks the options `activation` and `inputActivation` of `forward`, and maps them to the entries of the wasm module.

import { numeric } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Activation } from '../run/activation.js';

/** The activations that `forward` can apply. `leakyRelu` is torch's leaky_relu, and `gelu` is the exact one, with the error function. */
export type ActivationName =
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'tanh'
  | 'sigmoid'
  | 'silu'
  | 'hardswish'
  | 'gelu';

/** The default operand of each activation: the upper bound of a clamp, or the negative slope; 0 where there is none. */
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

/** The option names, for error messages. */
type OptionNames = readonly [activation: string, slope: string];
const OF_OUTPUT: OptionNames = ['activation', 'negativeSlope'];
export const OF_INPUT: OptionNames = ['inputActivation', 'inputNegativeSlope'];

/**
 * Checks an activation and its slope.
 * @returns the entry and its operand; undefined if no activation is given
 * @throws TypeError for an unknown name or a slope that is not a number, RangeError for a slope without `leakyRelu`
 */
export function activationOf(
  name: ActivationName | undefined,
  negativeSlope: number | undefined,
  where: Where,
  [option, slope] = OF_OUTPUT,
): Activation | undefined {
  if (name === undefined) {
    if (negativeSlope !== undefined) refuse(where, `${slope} requires ${option}: 'leakyRelu'`);
    return undefined;
  }
  if (!NAMES.includes(name)) {
    refuseKind(where, `${option}: expected one of ${NAMES.join(', ')}, but got ${describe(name)}`);
  }
  if (negativeSlope !== undefined) {
    if (name !== 'leakyRelu') refuse(where, `${slope} requires ${option}: 'leakyRelu', but got ${name}`);
    numeric(negativeSlope, slope, where);
  }
  const entry = name === 'relu' || name === 'relu6' ? 'clamp' : name;
  return { entry, operand: negativeSlope ?? OPERANDS[name] };
}
