// The element or the constant at a position outside a signal.

import { modulo } from '../../geometry/phases.js';
import type { Border } from '../request.js';

/** The element at any position of an extended signal; -1 for a constant or zero. The signal has at least one element. */
export function elementAt(position: number, size: number, border: Border): number {
  if (position >= 0 && position < size) return position;
  if (border === 'nothing' || typeof border === 'object') return -1;
  if (border === 'nearest') return position < 0 ? 0 : size - 1;
  if (border === 'wrap') return modulo(position, size);
  if (border === 'symmetric') {
    const within = modulo(position, 2 * size);
    return within < size ? within : 2 * size - 1 - within;
  }
  if (size === 1) return 0;
  const within = modulo(position, 2 * size - 2);
  return within < size ? within : 2 * size - 2 - within;
}

/** The constant outside the signal, for borders that do not repeat elements. */
export function constantOf(border: Border): number {
  return typeof border === 'object' ? border.constant : 0;
}

/** Whether the signal is extended with zeros only. */
export function isZero(border: Border): boolean {
  return border === 'nothing' || (typeof border === 'object' && border.constant === 0);
}
