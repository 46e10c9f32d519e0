// Centre: numbers less another, times a third, from one place in memory to another.

import type { SignalEntries } from '../spectrum/entries.js';
import type { Dtype } from './samples.js';

/**
 * (x − centre) · scale of `count` numbers, or to float64 the squares of these; those of float64 stay float64. They may be read where
 * others are written later.
 */
export function centre(
  entries: SignalEntries,
  from: Dtype,
  to: Dtype,
  source: number,
  count: number,
  origin: number,
  scale: number,
  target: number,
  squared = false,
): void {
  // squares take the place of what they are of
  const squares = squared ? target : 0;
  if (from === 'float64') entries.centre64(source, count, origin, scale, target, squares);
  else if (to === 'float64') entries.centre32(source, count, origin, scale, target, squares);
  else entries.centreIn32(source, count, origin, scale, target);
}
