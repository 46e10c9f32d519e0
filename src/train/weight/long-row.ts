// Maps of a single long row, as in audio: read in place, without staging. The few outputs that read padding are summed separately.

import { FLOAT_BYTES } from '../../core/bytes.js';
import type { PerAxis } from '../../geometry/axis.js';
import { zerosIn } from '../../geometry/runs.js';
import { type Slice, shownRuns } from '../../geometry/slice.js';
import type { PlacedWindow } from '../../run/staging.js';
import { LANES } from '../../shared/sizes.js';
import type { Way } from './ways.js';

/** Stage if a product at the border times this exceeds the cost of copying an element of the row. */
const STAGING_PAYS = 8;

/** The parts of a row. */
export interface LongRow {
  /** the number of outputs that may read padding before the row, that read none, and that read padding after it */
  readonly left: number;
  readonly inner: number;
  readonly right: number;
}

/** The parts of a block's row; undefined if its maps are not single rows or staging is cheaper. */
export function longRowOf(
  [depth, height, width]: Readonly<PerAxis<Slice>>,
  isWhole: boolean,
  { entry, taps }: Way,
  filters: number,
): LongRow | undefined {
  if (entry !== 'weightPlanes' || depth.staged * height.staged > 1 || !width.runs) return undefined;
  if (depth.runs || height.runs) return undefined;
  const runs = shownRuns(width, isWhole);
  const copied = runs.filter(({ from }) => from >= 0);
  if (copied.length !== 1 || copied[0].step !== 1 || copied[0].repeat !== 1) return undefined;
  const [{ to: zeros }] = copied;
  // vectors of the gradient then mostly lie in one line of a cache
  const left = LANES * Math.ceil(zeros / LANES);
  const right = zerosIn(runs) - zeros;
  if ((left + right) * taps * filters * STAGING_PAYS > width.count) return undefined;
  return { left, inner: width.count - left - right, right };
}

/** The fields of WeightPlanesTask for a long row: the window begins where the first inner output reads. */
export function longRowFields({ layout, fields }: PlacedWindow, { left, inner, right }: LongRow) {
  const { rowStart = 0, rowBytes = 0 } = fields ?? {};
  return {
    window: layout.first + FLOAT_BYTES * left,
    rowStart: rowStart - FLOAT_BYTES * left,
    ...{ rowBytes, leftOutputs: left, innerOutputs: inner, rightOutputs: right },
  };
}
