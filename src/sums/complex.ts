// Complex: what other libraries call so, and is refused in words.

import { refuseKind, type Where } from '../core/errors.js';

export const NO_COMPLEX =
  'complex numbers are not supported: hand over the real and the imaginary parts one by one';

/**
 * Refuses what other libraries call complex: two arrays of parts, or a tensor that names such a type.
 * @throws TypeError
 */
export function refuseComplex(given: unknown, name: string, where?: Where): void {
  if (typeof given !== 'object' || given === null) return;
  const { dtype, type = dtype } = given as { dtype?: unknown; type?: unknown };
  const inParts = ('re' in given && 'im' in given) || ('real' in given && 'imag' in given);
  if (inParts || (typeof type === 'string' && /complex/i.test(type)))
    refuseKind(where, `${name}: ${NO_COMPLEX}`);
}
