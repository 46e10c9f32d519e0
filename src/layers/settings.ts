// The global `settings` object.

import { type RelaxedSimd, relaxedSimd } from '../engine/relaxed-simd.js';
import type { Winograd } from '../plan/preference.js';
import { autoOrNever, winogradSetting } from './winograd-setting.js';

/**
 * Global settings of layers and functionals.
 *
 * `winograd`: 'auto' (default) or 'never'. Winograd's algorithm computes many layers of some eight channels or more, in 1-D to 3-D, up to
 * three times as fast, with slightly larger rounding errors: up to 4e-6 of the largest output. With 'never', integer sums that fit into 24
 * bits are exact. `layer.winograd` overrides this setting; `layer.explain` names the algorithm.
 *
 * `relaxedSimd`: 'auto' (default) or 'never'. With relaxed SIMD, multiply and add are one instruction, fused (rounded once) where the
 * processor supports it: 4 to 20 % faster, and more accurate. With 'never', the result is bitwise the same on every engine and
 * processor. Integer sums that fit into 24 bits are exact either way. Must be set before the first forward; throws an Error after it.
 *
 * @throws TypeError for values other than 'auto' and 'never', and for other names
 *
 * @example
 * import { settings } from 'convnd';
 * settings.winograd = 'never';
 */
export const settings: { winograd: Winograd; relaxedSimd: RelaxedSimd } = /* @__PURE__ */ Object.seal({
  get winograd(): Winograd {
    return winogradSetting.preference;
  },
  set winograd(value: Winograd) {
    winogradSetting.preference = autoOrNever(value, 'winograd');
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
});
