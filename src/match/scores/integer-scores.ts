// Coefficients of pictures of integers, such as bytes. Window sums are exact in 32-bit integers, which takes a quarter of the time of
// float64 sums.

import { FLOAT_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import { heap } from '../../engine/heap.js';
import { SMALLEST_SHARE } from '../finish.js';
import { matchModule } from '../module.js';
import type { Picture } from '../windows/picture.js';
import { type ScoreMaker, writeParameters } from '../windows/window-norms.js';

/** Integers below this are exact in float32. */
const WHOLE = 2 ** 24;

/** Squares below this, and differences of two of them, can be converted to 32-bit integers by one addition. */
const SQUARE = 2 ** 22;

/** Sums of squares below this fit 32-bit integers. */
const SUM = 2 ** 31;

/** Bytes of the kernel's parameters, of the sums of each column, and of what the sums need in addition. */
const PARAMETER_BYTES = 128;
const COLUMN = 20;
const BESIDE = 256;

/** The kernel reads this many numbers past the last row. */
const BEHIND = 8;

/** A maker of scores from 32-bit sums; undefined unless a finite single-channel picture has integers that are small enough. */
export function wholeScores(
  { planes, statistics }: Picture,
  template: readonly number[],
): ScoreMaker | undefined {
  const { whole, reach, centres, scale, energy } = statistics;
  const isExact = whole && Math.abs(centres[0]) < WHOLE && reach ** 2 < SQUARE;
  if (!isExact || reach ** 2 * product(template) >= SUM) return undefined;
  const [, height, width] = template;
  const columns = planes.shape[2];
  return {
    bytes: PARAMETER_BYTES + COLUMN * columns + BESIDE,
    make({ buffer, at, pitch, count, source, free }, isSingle) {
      const [, rows, windows] = count;
      const limits = { share: 0, limit: energy * SMALLEST_SHARE, isZeroSure: true };
      writeParameters(buffer, free, product(template), limits, scale, centres[0]);
      const step = FLOAT_BYTES * columns;
      new Float32Array(buffer, source + step * (rows + height - 1), BEHIND).fill(centres[0]);
      const { wholeCoefficients } = matchModule(heap());
      const sums = free + PARAMETER_BYTES;
      const found = wholeCoefficients(
        source,
        step,
        height,
        width,
        rows,
        windows,
        at,
        isSingle,
        pitch,
        at,
        sums,
        free,
      );
      return found !== 0;
    },
  };
}
