// Long rows: maps of one row that is read as it lies, without a staged copy. The few outputs that meet zeros beside it are summed one by one.

import { FLOAT_BYTES } from '../../core/bytes.js';
import type { PerAxis } from '../../geometry/axis.js';
import { runsOf, zerosIn } from '../../geometry/intervals.js';
import { inputPositions, type Slice } from '../../geometry/slice.js';
import type { PlacedWindow } from '../../run/staging.js';
import { LANES } from '../../shared/sizes.js';
import type { Way } from './ways.js';

/** Copying a number takes so much less than multiplying one for each weight beside a row. */
const STAGING_PAYS = 8;

/** How an only row is read. */
export interface LongRow {
  /** outputs that may meet zeros before the row, that meet none, and that meet zeros behind it */
  readonly leftOutputs: number;
  readonly innerOutputs: number;
  readonly rightOutputs: number;
}

/** How the row of a block is read, where its maps are one that is worth it. */
export function longRowOf(
  [depth, height, width]: Readonly<PerAxis<Slice>>,
  isWhole: boolean,
  { isByChannel, taps }: Way,
  filters: number,
): LongRow | undefined {
  // an only filter whose taps are those of a channel is computed by planes
  if (!isByChannel || filters > 1 || depth.staged * height.staged > 1) return undefined;
  if (depth.positions || height.positions || !width.positions) return undefined;
  const positions = isWhole ? inputPositions(width) : width.positions;
  const [run, ...others] = runsOf(positions).filter(({ from }) => from >= 0);
  if (others.length > 0 || run?.step !== 1 || run.repeat > 1) return undefined;
  // vectors of the gradient then mostly lie in one line of a cache
  const left = LANES * Math.ceil(run.to / LANES);
  const right = zerosIn(positions) - run.to;
  if ((left + right) * taps * STAGING_PAYS > width.count) return undefined;
  return { leftOutputs: left, innerOutputs: width.count - left - right, rightOutputs: right };
}

/** The window of a block from where its first output without zeros reads, as fields of WeightPlanesTask. */
export function longRowFields(fields: PlacedWindow['fields'], longRow: LongRow) {
  const { window = 0, rowStart = 0, rowBytes = 0 } = fields;
  const before = FLOAT_BYTES * longRow.leftOutputs;
  return { ...longRow, window: window + before, rowStart: rowStart - before, rowBytes };
}
