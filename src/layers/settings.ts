// Settings: what holds for all layers that don't say otherwise.

import { describe } from '../core/errors.js';
import { type RelaxedSimd, relaxedSimd } from '../engine/relaxed-simd.js';
import type { Winograd } from '../plan/preference.js';

let winograd: Winograd = 'auto';

/**
 * Settings for all layers and functionals.
 *
 * `winograd`: 'auto' (default) or 'never'. Winograd's algorithm computes wide 3x3 layers up to three times as fast, with errors of up to
 * 4e-6 of the largest output. With 'never', integers whose sums fit 24 bits are exact. A layer's own `winograd` takes precedence.
 *
 * `relaxedSimd`: 'auto' (default) or 'never'. With relaxed SIMD in the JavaScript engine, a multiplication and an addition are one
 * instruction, which rounds once if the processor supports it: 4 to 20 % faster, and closer to the exact sum. With 'never' every engine
 * and processor gives the same bits. Set it before the first forward; later it throws an Error. Sums of integers that fit 24 bits are
 * exact either way.
 *
 * @example
 * import { settings } from 'convnd';
 * settings.winograd = 'never';
 */
export const settings: { winograd: Winograd; relaxedSimd: RelaxedSimd } = {
  get winograd(): Winograd {
    return winograd;
  },
  set winograd(value: Winograd) {
    winograd = autoOrNever(value, 'winograd');
  },
  get relaxedSimd(): RelaxedSimd {
    return relaxedSimd.preference;
  },
  set relaxedSimd(value: RelaxedSimd) {
    autoOrNever(value, 'relaxedSimd');
    if (value !== relaxedSimd.preference && relaxedSimd.used)
      throw new Error('relaxedSimd: the engine is running already; set it before the first forward');
    relaxedSimd.preference = value;
  },
};

/** @throws TypeError for anything but 'auto' and 'never' */
export function autoOrNever(value: 'auto' | 'never', name: string): 'auto' | 'never' {
  if (value !== 'auto' && value !== 'never') {
    throw new TypeError(`${name}: expected 'auto' or 'never', got ${describe(value)}`);
  }
  return value;
}
