// Long rows: maps of one row that is read as it lies, without a staged copy. The few outputs that meet zeros beside it are summed one by one.

import { FLOAT_BYTES } from '../../core/bytes.js';
import type { PerAxis } from '../../geometry/axis.js';
import { runsOf, zerosIn } from '../../geometry/intervals.js';
import { type Slice, shownPositions } from '../../geometry/slice.js';
import type { PlacedWindow } from '../../run/staging.js';
import { LANES } from '../../shared/sizes.js';
import type { Way } from './ways.js';

/** Copying a number takes so much less than multiplying one for each weight beside a row. */
const STAGING_PAYS = 8;

/** How an only row is read. */
export interface LongRow {
  /** outputs that may meet zeros before the row, that meet none, and that meet zeros behind it */
  readonly left: number;
  readonly inner: number;
  readonly right: number;
}

/** How the row of a block is read, where its maps are one that is worth it. */
export function longRowOf(
  [depth, height, width]: Readonly<PerAxis<Slice>>,
  isWhole: boolean,
  { entry, taps }: Way,
  filters: number,
): LongRow | undefined {
  if (entry !== 'weightPlanes' || depth.staged * height.staged > 1 || !width.positions) return undefined;
  if (depth.positions || height.positions) return undefined;
  const positions = shownPositions(width, isWhole);
  const copied = runsOf(positions).filter(({ from }) => from >= 0);
  if (copied.length !== 1 || copied[0].step !== 1 || copied[0].repeat !== 1) return undefined;
  const [{ to: zeros }] = copied;
  // vectors of the gradient then mostly lie in one line of a cache
  const left = LANES * Math.ceil(zeros / LANES);
  const right = zerosIn(positions) - zeros;
  if ((left + right) * taps * filters * STAGING_PAYS > width.count) return undefined;
  return { left, inner: width.count - left - right, right };
}

/** The window of a block from where its first output without zeros reads, as fields of WeightPlanesTask. */
export function longRowFields(fields: PlacedWindow['fields'], { left, inner, right }: LongRow) {
  const { window = 0, rowStart = 0, rowBytes = 0 } = fields;
  return {
    window: window + FLOAT_BYTES * left,
    rowStart: rowStart - FLOAT_BYTES * left,
    ...{ rowBytes, leftOutputs: left, innerOutputs: inner, rightOutputs: right },
  };
}
