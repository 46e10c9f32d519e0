// The option `activation` of `forward`.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Activation } from '../run/activation.js';

/** Activations that `forward` applies to its result: torch's relu, relu6 and leaky_relu. */
export type ActivationName = 'relu' | 'relu6' | 'leakyRelu';

/**
 * The activation that the options of `forward` ask for, if any.
 * @throws TypeError, RangeError for options that don't fit
 */
export function activationOf(
  name: ActivationName | undefined,
  negativeSlope: number | undefined,
  where: Where,
): Activation | undefined {
  if (name === undefined) {
    if (negativeSlope !== undefined) refuse(where, "negativeSlope goes with activation: 'leakyRelu'");
    return undefined;
  }
  if (name !== 'relu' && name !== 'relu6' && name !== 'leakyRelu') {
    refuseKind(where, `activation: expected 'relu', 'relu6' or 'leakyRelu', but got ${describe(name)}`);
  }
  if (negativeSlope === undefined) return PLAIN[name];
  if (name !== 'leakyRelu')
    refuse(where, `negativeSlope goes with activation: 'leakyRelu', not with ${name}`);
  if (typeof negativeSlope !== 'number') {
    refuseKind(where, `negativeSlope must be a number, but got ${describe(negativeSlope)}`);
  }
  return { entry: name, operand: negativeSlope };
}

/** The activations with torch's defaults, made once so that a call allocates none. */
const PLAIN: Readonly<Record<ActivationName, Activation>> = {
  relu: { entry: 'clamp', operand: Number.POSITIVE_INFINITY },
  relu6: { entry: 'clamp', operand: 6 },
  leakyRelu: { entry: 'leakyRelu', operand: 0.01 },
};
