// Names of borders in other libraries. Each name has one meaning here; a name with two meanings ('reflect') is rejected.

import { finite } from '../../core/arguments.js';
import { describe, refuseKind, type Where } from '../../core/errors.js';
import type { Border } from '../request.js';

/** The name of each border, and its unambiguous synonyms in NumPy, SciPy, scikit-image, OpenCV and torch. */
const names = {
  zeros: 'nothing',
  constant: 'constant',
  fill: 'constant',
  'grid-constant': 'constant',
  nearest: 'nearest',
  edge: 'nearest',
  replicate: 'nearest',
  mirror: 'mirror',
  reflect101: 'mirror',
  symmetric: 'symmetric',
  symm: 'symmetric',
  'grid-mirror': 'symmetric',
  wrap: 'wrap',
  circular: 'wrap',
  'grid-wrap': 'wrap',
} as const;

/** The name of a border. For a b c d: nearest a a|a b c d|d d; mirror c b|a b c d|c b; symmetric b a|a b c d|d c; wrap c d|a b c d|a b. */
export type BorderName = keyof typeof names;

const OWN = "'zeros', 'constant', 'nearest', 'mirror', 'symmetric' or 'wrap'";
const TWO_PICTURES =
  "is two things: 'mirror' has c b|a b c d|c b (NumPy's and torch's reflect), 'symmetric' has b a|a b c d|d c (scipy.ndimage's and OpenCV's)";

/**
 * The border of a name.
 * @param option name of the border's option in error messages, such as `boundary`
 * @param constantOption name of the constant's option, such as `cval`
 * @param constant the value outside the signal, if given; only a constant border has one
 * @throws TypeError for unknown names, and for a constant with another border
 */
export function borderOf(
  name: unknown,
  option: string,
  constant: unknown,
  constantOption: string,
  where: Where,
): Border {
  if (name === 'reflect') refuseKind(where, `${option} 'reflect' ${TWO_PICTURES}`);
  if (typeof name !== 'string' || !Object.hasOwn(names, name))
    refuseKind(where, `${option} must be ${OWN}, but got ${describe(name)}`);
  const border = names[name as BorderName];
  if (border === 'constant') return { constant: numberOf(constant, constantOption, where) };
  if (constant !== undefined)
    refuseKind(
      where,
      `${constantOption} has no effect with ${option} '${name}': it belongs to ${option} 'constant'`,
    );
  return border;
}

/**
 * A number that is added or stands outside a signal; default 0.
 * @throws TypeError for another type, RangeError for a number that is not finite
 */
export function numberOf(constant: unknown, option: string, where: Where): number {
  return constant === undefined ? 0 : finite(constant, option, where);
}
