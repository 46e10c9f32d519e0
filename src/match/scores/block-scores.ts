// Scores inside the blocks of a correlation: correlation coefficients of a single-channel picture, computed where the products are in wasm
// memory, from window sums of the same block. Only the picture is copied in, and only scores are copied out.

import { product } from '../../core/lists.js';
import { isFloat32 } from '../../core/typed-array.js';
import type { Finish } from '../../sums/request.js';
import type { NumberArray } from '../../sums/samples.js';
import type { Picture } from '../windows/picture.js';
import { mapSizes } from '../windows/products.js';
import { stripScores } from '../windows/window-norms.js';
import { wholeScores } from './integer-scores.js';

/** A `Finish` that computes coefficients, and its state. */
interface BlockScores extends Finish {
  /** number of windows without a score so far */
  left: number;
  /** whether some scores are DOUBTFUL */
  doubtful: boolean;
}

/** A `Finish` for the coefficients of one template; undefined if they must be computed from a map of products instead. */
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
    /** Accepts only blocks that contain whole rows and the whole template. */
    bytes({ good, taps, precision }) {
      if (good[2] < map[1] || String(taps) !== String(template)) return 0;
      areSingle = Number(precision === 'float32');
      return maker.bytes;
    },
    take(results) {
      const { buffer, at, first, count } = results;
      const [, rows, windows] = count;
      // scores overwrite products: a row of scores is no longer than a row of products
      if (maker.make(results, areSingle)) this.doubtful = true;
      out.set(new Float32Array(buffer, at, rows * windows), first[1] * windows);
      this.left -= rows * windows;
    },
  };
}
