// The value of `settings.winograd`, and the check of such settings. Apart from `settings`, so that a bundle that does not set it contains
// only the value.

import { describe } from '../core/errors.js';
import type { Winograd } from '../plan/preference.js';

/** Whether layers and functionals use Winograd's algorithm, unless a layer has its own setting. */
export const winogradSetting: { preference: Winograd } = { preference: 'auto' };

/** @throws TypeError for anything but 'auto' and 'never' */
export function autoOrNever(value: 'auto' | 'never', name: string): 'auto' | 'never' {
  if (value !== 'auto' && value !== 'never') {
    throw new TypeError(`${name}: expected 'auto' or 'never', got ${describe(value)}`);
  }
  return value;
}
