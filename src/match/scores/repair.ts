// Repair: recomputes doubtful scores from their definition.

import type { Where } from '../../core/errors.js';
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

/** Recomputes all doubtful scores. If there are many, flat windows are found first: their coefficient is 0. */
export function repairAll(
  { picture: { planes }, template, weights }: Match,
  method: NormedMethod,
  out: NumberArray,
): void {
  const exact = exactScore(method, planes, template, weights);
  const windows = mapSizes(planes.shape, template.shape);
  const plane = planes.shape.slice(1);
  let doubtful = 0;
  for (let i = 0; i < out.length; i++) if (out[i] === DOUBTFUL) doubtful++;
  const isMuch = doubtful * template.data.length > planes.data.length;
  if (isMuch && method === 'ccoeffNormed' && !weights) {
    const flat = flatWindows(planes, template.shape);
    for (let i = 0; i < out.length; i++) if (flat[i] && out[i] === DOUBTFUL) out[i] = 0;
  }
  for (let i = 0; i < out.length; i++)
    if (out[i] === DOUBTFUL) out[i] = exact(elementOf(positionOf(i, windows), plane));
}
