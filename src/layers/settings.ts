// Settings: what holds for all layers that don't say otherwise.

import { describe } from '../core/errors.js';
import type { Winograd } from '../plan/wish.js';

let winograd: Winograd = 'auto';

/**
 * Settings for all layers and functionals.
 *
 * `winograd`: 'auto' (default) or 'never'. Winograd's algorithm computes wide 3x3 layers up to three times as fast, and
 * rounds a little differently: up to 4e-6 of the largest output. With 'never', integers whose sums fit 24 bits come out exactly. A layer's own
 * `winograd` goes before.
 *
 * @example
 * import { settings } from 'convnd';
 * settings.winograd = 'never';
 */
export const settings: { winograd: Winograd } = {
  get winograd(): Winograd {
    return winograd;
  },
  set winograd(value: Winograd) {
    winograd = checkWinograd(value);
  },
};

/** @throws TypeError for anything but 'auto' and 'never' */
export function checkWinograd(value: Winograd): Winograd {
  if (value !== 'auto' && value !== 'never') {
    throw new TypeError(`winograd: expected 'auto' or 'never', got ${describe(value)}`);
  }
  return value;
}
