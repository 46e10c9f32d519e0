// Table bytes: the memory for the tasks and tables of one block.

import { WORD_BYTES } from '../core/bytes.js';
import { most, product, sum } from '../core/lists.js';
import { largest } from '../geometry/slice.js';
import { panelsOf } from '../plan/algorithms/winograd-tile.js';
import type { Plan } from '../plan/plan.js';
import { FinishTask, InterleaveTask, StageTask, Workspace } from '../shared/task.js';
import { RUN_WORDS } from './staging.js';
import { listsRowTerms } from './tap-table.js';
import { wordsOf } from './task-writer.js';

/** An upper bound of the bytes of tasks and tables of any block of a plan. */
export function tableBytes(plan: Plan): number {
  const [stagedDepths, stagedRows] = largest(plan.slices, ({ staged }) => staged);
  const [, , widths] = plan.slices;
  const runs = most(widths.map((slice) => slice.runs?.length ?? 1));
  const classes = product(largest(plan.slices, ({ covered }) => covered));
  // a turned plan interleaves the rows of its classes
  const rows = plan.turned ? classes * largest(plan.slices, ({ count }) => count)[1] : 0;
  const { tapSets } = plan;
  // all tap sets are computed in each block
  const sums = tapSets.length > 0 ? tapSets.length * wordsOf(plan.variant.task(tapSets[0], plan.images)) : 0;
  const taps = sum(tapSets.map((set) => set.taps));
  const words =
    wordsOf(new Workspace()) +
    wordsOf(new StageTask()) +
    (stagedDepths + stagedRows + RUN_WORDS * runs) +
    plan.tileStarts.length +
    (sums + plan.convolution.channels * taps + besideTaps(plan)) +
    (wordsOf(new InterleaveTask()) + Math.max(classes, rows)) +
    2 * wordsOf(new FinishTask());
  return WORD_BYTES * words;
}

/** Words of other tables: ranges of outputs for the taps of each axis, ranges of terms for each row, or marks for each panel. */
function besideTaps(plan: Plan): number {
  const { variant, tile, images, convolution, slices, tapSets } = plan;
  if (variant.entry === 'inside') return RANGE_WORDS * sum(tapSets.map(({ along }) => sum(along)));
  const sizes = largest(slices, ({ count }) => count);
  if (variant.input === 'stagedPlane' || variant.input === 'stagedLanes')
    return listsRowTerms(plan) ? 2 * tapSets.length * sizes[0] * sizes[1] : 0;
  return tile ? tapSets.length * convolution.groups * panelsOf(tile, sizes, images) : 0;
}

/** Words of a range of outputs: the first one and the end. */
const RANGE_WORDS = 2;
