// Modes: what scipy.ndimage calls the borders. Its reflect repeats the edge; NumPy's and torch's is its mirror.

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
 * What stands around the input, in SciPy's names. With a b c d: reflect b a|a b c d|d c, mirror c b|a b c d|c b,
 * nearest a a|a b c d|d d, wrap c d|a b c d|a b, constant k k|a b c d|k k with `cval` for k. The names with grid- are synonyms.
 */
export type NdimageMode = keyof typeof modes;

/**
 * The borders of those modes.
 * @param cval what the caller gave as the number around the input, which only a constant mode has
 * @throws TypeError for other names, and for a cval that no mode uses
 */
export function bordersOf(given: readonly unknown[], cval: unknown, where: Where): Border[] {
  const names = given.map((mode) => (isMode(mode) ? modes[mode] : refuseMode(mode, where)));
  if (cval !== undefined) {
    if (typeof cval !== 'number') refuseKind(where, `cval must be a number, but got ${describe(cval)}`);
    if (!names.includes('constant'))
      refuseKind(
        where,
        `cval is of no effect with mode ${describe(given[0])}: it belongs to mode 'constant'`,
      );
  }
  const constant = cval ?? 0;
  return names.map((name) => (name === 'constant' ? { constant } : name));
}

/**
 * The borders of some axes, from a mode for all of them or a list.
 * @throws as `bordersOf`, and RangeError for a list of another length
 */
export function bordersFor(mode: unknown, cval: unknown, count: number, where: Where): Border[] {
  const modes = forEach(mode ?? 'reflect', 'mode', count, where);
  // of no axes a mode is checked too
  return bordersOf(count > 0 ? modes : [mode ?? 'reflect'], cval, where).slice(0, count);
}

function isMode(mode: unknown): mode is NdimageMode {
  return typeof mode === 'string' && Object.hasOwn(modes, mode);
}

function refuseMode(mode: unknown, where: Where): never {
  const names = Object.keys(modes).join(', ');
  refuseKind(where, `boundary mode not supported: mode must be one of ${names}, but got ${describe(mode)}`);
}
