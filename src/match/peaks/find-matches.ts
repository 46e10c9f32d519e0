// findMatches: the positions where a template matches.

import { flag } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { asSamples, type Dtype, type Samples, type SamplesLike } from '../../sums/samples.js';
import { stepsOf } from '../../sums/steps.js';
import type { MatchOptions } from '../options.js';
import { elementOf, elementsOf } from '../positions.js';
import { TemplateMatcher } from '../template/template-matcher.js';
import { localMaxima, nonNegative, type Peak, thresholdOf } from './peaks.js';

/** Options of `findMatches`: those of `matchTemplate`, and which scores are matches. */
export interface FindOptions extends Omit<MatchOptions, 'out'> {
  /** lowest score of a match; default 0.8. With sqdiff and sqdiffNormed the highest score. It is required for these, ccorr and ccoeff */
  readonly threshold?: number | undefined;
  /** matches are farther apart than this along at least one axis: a number, or one for each axis; default half the template */
  readonly minDistance?: number | readonly number[] | undefined;
  /** the largest number of matches; default Infinity: all */
  readonly maxMatches?: number | undefined;
  /** refine positions to the maximum of a parabola along each axis; default false */
  readonly subpixel?: boolean | undefined;
}

/**
 * Positions where a template matches, best first: local maxima of the map of scores, of which only the best are kept within `minDistance`.
 *
 * @param image as for `matchTemplate`
 * @param template as for `matchTemplate`
 * @param options see `FindOptions`
 * @returns positions in the map, which are those of the window's first element (with `padInput` of its centre), and their scores. With
 * `subpixel`, positions may be fractions; the score is that of the nearest position of the map
 * @throws as `matchTemplate`; RangeError for a threshold that must be given, a distance or a count below 0; TypeError for invalid types
 * @see https://scikit-image.org/docs/stable/auto_examples/features_detection/plot_template.html
 * @example
 * import { findMatches } from 'convnd/match';
 * const signal = [0, 0, 1, 3, 1, 0, 0, 0, 2, 5, 2, 0];
 * const found = findMatches(signal, [1, 3, 1]);
 * console.log(found.map(({ position, score }) => `${position}: ${score.toFixed(2)}`).join()); // 2: 1.00,8: 1.00
 */
export function findMatches(image: SamplesLike, template: SamplesLike, options?: FindOptions): Peak[] {
  const where: Where = () => 'findMatches';
  const own = ['threshold', 'minDistance', 'maxMatches', 'subpixel'];
  const given = new TemplateMatcher(image, options as MatchOptions | undefined, 'findMatches', own);
  if ((options as MatchOptions | undefined)?.out !== undefined)
    refuseKind(where, 'out is an option of matchTemplate only');
  const { threshold, minDistance, maxMatches = Number.POSITIVE_INFINITY, subpixel = false } = options ?? {};
  flag(subpixel, 'subpixel', where);
  const { method, dtype } = given.settings;
  const least = thresholdOf(threshold, where);
  if (least === undefined && method !== 'ccoeffNormed' && method !== 'ccorrNormed')
    refuse(where, `threshold must be given with method '${method}', whose scores have no fixed scale`);
  const most = nonNegative(maxMatches, 'maxMatches', where);
  const pattern = asSamples(template, dtype, 'template', where);
  const map = given.match(pattern, 'template');
  const sign = method.startsWith('sqdiff') ? -1 : 1;
  const heights =
    sign < 0 ? { data: map.data.map((score) => -score) as typeof map.data, shape: map.shape } : map;
  const distance = distanceOf(minDistance, given.windowOf(pattern.shape), where);
  const { shape } = map;
  const last = shape.length - 1;
  const near = shape.map(() => 1);
  const matches: Peak[] = [];
  // marks the elements near a match: comparing each peak with every match took 229 s for 56,000 of them, this takes 0.8
  const taken = new Uint8Array(map.data.length);
  for (const peak of localMaxima(heights, near, sign * (least ?? 0.8))) {
    if (matches.length >= most) break;
    const { position } = peak;
    if (taken[elementOf(position, shape)]) continue;
    matches.push(peak);
    const from = position.map((at, axis) => Math.max(0, at - distance[axis]));
    const sizes = position.map((at, axis) => Math.min(shape[axis], at + distance[axis] + 1) - from[axis]);
    for (const row of elementsOf(shape.slice(0, -1), sizes, (i, axis) => from[axis] + i)) {
      const begin = row * shape[last] + from[last];
      taken.fill(1, begin, begin + sizes[last]);
    }
  }
  return matches.map(({ position, score }) => ({
    position: subpixel ? refined(heights, position) : position,
    score: sign * score,
  }));
}

function distanceOf(given: unknown, window: readonly number[], where: Where): number[] {
  if (given === undefined) return window.map((size) => size >> 1);
  const distances: unknown[] = Array.isArray(given) ? given : window.map(() => given);
  if (distances.length !== window.length)
    refuse(where, `minDistance: expected a number or ${window.length} of them, got ${describe(given)}`);
  return distances.map((distance) => nonNegative(distance, 'minDistance', where));
}

/** Along each axis, the vertex of the parabola through a position and its neighbours; the position itself at the border of the map. */
function refined({ data, shape }: Samples<Dtype>, position: readonly number[]): number[] {
  const at = elementOf(position, shape);
  const steps = stepsOf(shape);
  return position.map((place, axis) => {
    if (place === 0 || place === shape[axis] - 1) return place;
    const step = steps[axis];
    const [before, here, after] = [data[at - step], data[at], data[at + step]];
    const bend = before - 2 * here + after;
    return bend < 0 ? place + Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : place;
  });
}
