// Settings: what holds for all layers that don't say otherwise.

import { describe } from '../core/errors.js';
import { type RelaxedSimd, relaxedSimd } from '../engine/relaxed-simd.js';
import type { Winograd } from '../plan/preference.js';

let winograd: Winograd = 'auto';

/**
 * Settings for all layers and functionals.
 *
 * `winograd`: 'auto' (default) or 'never'. Winograd's algorithm computes wide 3x3 layers up to three times as fast, and
 * rounds a little differently: up to 4e-6 of the largest output. With 'never', integers whose sums fit 24 bits come out exactly. A layer's own
 * `winograd` goes before.
 *
 * `relaxedSimd`: 'auto' (default) or 'never'. Where the JavaScript engine has relaxed SIMD, a product and its sum are one instruction, which
 * rounds once where the processor has it: 4 to 20 % faster, and nearer to the exact sum. With 'never' every engine and processor gives the
 * same bits, as one without relaxed SIMD does. It is set before the first forward, and throws an Error after it. Sums of
 * integers that fit 24 bits are exact either way.
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
