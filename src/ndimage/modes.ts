// scipy.ndimage's names of borders. Its 'reflect' repeats the edge; what NumPy and torch call reflect is its 'mirror'.

import { numeric } from '../core/arguments.js';
import { describe, refuseKind, type Where } from '../core/errors.js';
import type { Border } from '../sums/request.js';
import { forEach } from './axes.js';

const modes = {
  reflect: 'symmetric',
  'grid-mirror': 'symmetric',
  mirror: 'mirror',
  nearest: 'nearest',
  wrap: 'wrap',
  'grid-wrap': 'wrap',
  constant: 'constant',
  'grid-constant': 'constant',
} as const;

/**
 * Extensions of the input, by SciPy's names. For a b c d: reflect: b a|a b c d|d c; mirror: c b|a b c d|c b; nearest: a a|a b c d|d d;
 * wrap: c d|a b c d|a b; constant: k k|a b c d|k k, with `cval` for k. The names with grid- are synonyms.
 */
export type NdimageMode = keyof typeof modes;

/**
 * The borders of some modes.
 * @param cval the caller's value outside the input, for mode 'constant' only
 * @throws TypeError for unknown modes, and for a cval that no mode uses
 */
export function bordersOf(given: readonly unknown[], cval: unknown, where: Where): Border[] {
  const names = given.map((mode) => (isMode(mode) ? modes[mode] : refuseMode(mode, where)));
  const constant = cval === undefined ? 0 : numeric(cval, 'cval', where);
  if (cval !== undefined && !names.includes('constant'))
    refuseKind(where, `cval has no effect with mode ${describe(given[0])}: it belongs to mode 'constant'`);
  return names.map((name) => (name === 'constant' ? { constant } : name));
}

/**
 * The borders of some axes, from one mode or a list of modes.
 * @throws as `bordersOf`, and RangeError for a list of another length
 */
export function bordersFor(mode: unknown, cval: unknown, count: number, where: Where): Border[] {
  const modes = forEach(mode ?? 'reflect', 'mode', count, where);
  // checks the mode even if there are no axes
  return bordersOf(count > 0 ? modes : [mode ?? 'reflect'], cval, where).slice(0, count);
}

function isMode(mode: unknown): mode is NdimageMode {
  return typeof mode === 'string' && Object.hasOwn(modes, mode);
}

function refuseMode(mode: unknown, where: Where): never {
  const names = Object.keys(modes).join(', ');
  refuseKind(where, `boundary mode not supported: mode must be one of ${names}, but got ${describe(mode)}`);
}
