// Block scores: coefficients of a picture of one channel, made where the products lie, from sums over its windows. Nothing but the
// picture is copied in, and nothing but scores out.

import { product } from '../core/lists.js';
import { isFloat32 } from '../core/typed-array.js';
import type { Finish } from '../sums/request.js';
import type { NumberArray } from '../sums/samples.js';
import { wholeScores } from './integer-scores.js';
import type { Picture } from './picture.js';
import { mapSizes } from './products.js';
import { stripScores } from './window-norms.js';

/** A finish for coefficients, and what came of it. */
interface BlockScores extends Finish {
  /** windows that are left */
  left: number;
  /** some scores are DOUBTFUL */
  doubtful: boolean;
}

/** A finish for the coefficients of one template; none where they are made from a map of products. */
export function blockScores(
  picture: Picture,
  template: readonly number[],
  out: NumberArray,
): BlockScores | undefined {
  const { planes, statistics, isShared } = picture;
  const isPicture = planes.shape[0] === 1 && planes.shape.length === 3;
  const isSingle = isFloat32(planes.data) && isFloat32(out);
  if (!isPicture || !isSingle || isShared || !statistics.finite) return undefined;
  const maker = wholeScores(picture, template) ?? stripScores(planes, statistics, template);
  if (!maker) return undefined;
  const map = mapSizes(planes.shape, template);
  let areSingle = 0;
  return {
    left: product(map),
    doubtful: false,
    /** For blocks of whole rows and of the whole template. */
    bytes({ good, taps, precision }) {
      if (good[2] < map[1] || String(taps) !== String(template)) return 0;
      areSingle = Number(precision === 'float32');
      return maker.bytes;
    },
    take(results) {
      const { buffer, at, first, count } = results;
      const [, rows, windows] = count;
      // scores take the place of products: a row of them is no longer
      if (maker.make(results, areSingle)) this.doubtful = true;
      out.set(new Float32Array(buffer, at, rows * windows), first[1] * windows);
      this.left -= rows * windows;
    },
  };
}
