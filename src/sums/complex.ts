// Rejects complex numbers with an explanation.

import { refuseKind, type Where } from '../core/errors.js';

export const NO_COMPLEX =
  'complex numbers are not supported: pass the real and the imaginary parts separately';

/**
 * Rejects what other libraries use for complex numbers: two arrays of parts, or a tensor with a complex type.
 * @throws TypeError
 */
export function refuseComplex(given: unknown, name: string, where?: Where): void {
  if (typeof given !== 'object' || given === null) return;
  const { dtype, type = dtype } = given as { dtype?: unknown; type?: unknown };
  const inParts = ('re' in given && 'im' in given) || ('real' in given && 'imag' in given);
  if (inParts || (typeof type === 'string' && /complex/i.test(type)))
    refuseKind(where, `${name}: ${NO_COMPLEX}`);
}
