// Mask: the gradient of what an activation was given, from that of its result.

import { refuse, type Where } from '../core/errors.js';
import type { Activation } from '../run/activation.js';

/**
 * Checks that the result of an activation tells its slope.
 * @throws RangeError for one that does not
 */
export function checkMask(activation: Activation | undefined, where: Where): Activation | undefined {
  if (!activation || activation.entry === 'clamp' || activation.entry === 'leakyRelu') return activation;
  refuse(where, `activation: '${activation.entry}' of forward has no gradient`);
}

/**
 * Multiplies a gradient by the slope of an activation, which its result tells: 0 where relu or relu6 gave its least or most, the
 * negative slope where leakyRelu gave no positive number. A gradient passes relu and relu6 where the result is NaN.
 * @param result of the activation; what it was given for a leakyRelu of negative slope, whose result doesn't tell
 * @param out may be `gradient` itself
 */
export function maskActivation(
  { entry, operand }: Activation,
  result: Float32Array,
  gradient: Float32Array,
  out: Float32Array,
): void {
  if (entry === 'leakyRelu') {
    for (let i = 0; i < out.length; i++) out[i] = result[i] > 0 ? gradient[i] : operand * gradient[i];
  } else if (operand === Number.POSITIVE_INFINITY) {
    // written so that NaN passes
    for (let i = 0; i < out.length; i++) out[i] = result[i] <= 0 ? 0 : gradient[i];
  } else {
    for (let i = 0; i < out.length; i++) out[i] = result[i] <= 0 || result[i] >= operand ? 0 : gradient[i];
  }
}
