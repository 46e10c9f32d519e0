// Border: what stands at a position outside of a signal: one of its elements, or a number.

import { modulo } from '../geometry/phases.js';
import type { Border } from './request.js';

/** The element that stands at any position; -1 where it is none of the signal's. The signal has one element at least. */
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

/** The number that stands where the border has no element. */
export function constantOf(border: Border): number {
  return typeof border === 'object' ? border.constant : 0;
}

/** Whether nothing but zeros stands around a signal. */
export function isZero(border: Border): boolean {
  return border === 'nothing' || (typeof border === 'object' && border.constant === 0);
}
