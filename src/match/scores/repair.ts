// Repair: recomputes doubtful scores from their definition.

import type { Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import type { NumberArray, Samples } from '../../sums/samples.js';
import { DOUBTFUL } from '../finish.js';
import type { MatchSettings } from '../options.js';
import { elementOf, positionOf } from '../positions.js';
import { flatWindows } from '../windows/flat-windows.js';
import type { Picture } from '../windows/picture.js';
import { mapSizes } from '../windows/products.js';
import { exactScore, type NormedMethod } from './exact-score.js';

/** A template to be scored, and its weights as planes. */
export interface Match {
  readonly picture: Picture;
  readonly template: Samples;
  readonly weights?: Samples | undefined;
  readonly settings: MatchSettings;
  readonly where: Where;
}

/** Recomputes all doubtful scores. If there are many, flat windows are found first: those of equal numbers have one score. */
export function repairAll(
  { picture: { planes }, template, weights }: Match,
  method: NormedMethod,
  out: NumberArray,
): void {
  const { data, shape } = planes;
  const exact = exactScore(method, planes, template, weights);
  const windows = mapSizes(shape, template.shape);
  const plane = shape.slice(1);
  const size = product(plane);
  let doubtful = 0;
  for (let i = 0; i < out.length; i++) if (out[i] === DOUBTFUL) doubtful++;
  const isMuch = doubtful * template.data.length > data.length;
  const flat = isMuch ? flatWindows(planes, template.shape) : undefined;
  let last = { corner: Number.NaN, score: 0 };
  for (let i = 0; i < out.length; i++) {
    if (out[i] !== DOUBTFUL) continue;
    if (flat?.[i] && method === 'ccoeffNormed') {
      out[i] = 0;
      continue;
    }
    const corner = elementOf(positionOf(i, windows), plane);
    let isLast = flat?.[i] === 1;
    for (let at = 0; isLast && at < data.length; at += size)
      isLast = data[corner + at] === data[last.corner + at];
    const score = isLast ? last.score : exact(corner);
    if (flat?.[i]) last = { corner, score };
    out[i] = score;
  }
}
