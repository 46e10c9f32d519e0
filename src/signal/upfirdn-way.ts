// How upfirdn computes rows: the estimates that choose one of three ways.

import { gcd } from '../geometry/phases.js';
import type { AxisSum } from '../sums/request.js';

/** The sum of an upfirdn along the last axis. */
export type Rates = Required<AxisSum>;

/** Measured nanoseconds, in blocks of src/sums: of the call and of each phase, and of an element, an output and a product of a phase. */
const BLOCK = 5000;
const STAGED = 0.4;
const SPREAD = 4;
const MULTIPLIED = 0.13;
/** In upfirdn-rows.ts: of the call, of a row, and of a phase, an element of the matrix and an output in it. */
const CALL = 1000;
const ROW = 150;
const PHASE = 80;
const ELEMENT = 2;
const STORED = 3;
/** In upfirdn-outputs.ts: of an output and of a product. */
const OUTPUT = 5;
const PRODUCT = 2.5;

/** The way that is estimated to take the least time for so many rows of `size` elements. */
export function wayOf(
  rows: number,
  size: number,
  taps: number,
  { count, stride, upsample }: Rates,
): 'blocks' | 'rows' | 'outputs' {
  if (stride * upsample === 1) return 'blocks';
  const sets = Math.min(upsample, taps, count);
  const step = stride / gcd(stride, upsample);
  const products = taps / upsample;
  const inBlocks =
    BLOCK + sets * (BLOCK + rows * size * STAGED) + rows * count * (SPREAD + products * MULTIPLIED);
  const matrix = size * (1 + products / step);
  const inRows = CALL + rows * (ROW + Math.min(upsample, count) * PHASE + matrix * ELEMENT + count * STORED);
  const outputs = rows * count * (OUTPUT + products * PRODUCT);
  if (inBlocks < Math.min(inRows, outputs)) return 'blocks';
  return inRows < outputs ? 'rows' : 'outputs';
}
