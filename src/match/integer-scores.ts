// Integer scores: coefficients of a picture of whole numbers, such as bytes. Sums over its windows are exact in 32 bits, which takes a quarter as
// long as sums in float64.

import { FLOAT_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { heap } from '../engine/heap.js';
import { SMALLEST_SHARE } from './finish.js';
import { matchModule } from './module.js';
import type { Picture } from './picture.js';
import { type ScoreMaker, writeFacts } from './window-norms.js';

/** Whole numbers below it are float32. */
const WHOLE = 2 ** 24;

/** Squares below it, and differences of two, become integers of 32 bits by one addition. */
const SQUARE = 2 ** 22;

/** Sums of squares below it are integers of 32 bits. */
const SUM = 2 ** 31;

/** Bytes of the facts that the kernel is told, and of sums: at most so many for each column, and beside them. */
const FACTS = 128;
const COLUMN = 20;
const BESIDE = 256;

/** Numbers behind the last row that the kernel reads. */
const BEHIND = 8;

/** Scores from sums in 32 bits, if a finite picture of one channel is of that kind. */
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
    bytes: FACTS + COLUMN * columns + BESIDE,
    make({ buffer, at, pitch, count, source, free }, isSingle) {
      const [, rows, windows] = count;
      const limits = { share: 0, limit: energy * SMALLEST_SHARE, isZeroSure: true };
      writeFacts(buffer, free, product(template), limits, scale, centres[0]);
      const step = FLOAT_BYTES * columns;
      new Float32Array(buffer, source + step * (rows + height - 1), BEHIND).fill(centres[0]);
      const { wholeCoefficients } = matchModule(heap());
      const sums = free + FACTS;
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
