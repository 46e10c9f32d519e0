// The task that computes the outputs of a tap set in a block: the fields that depend on the plan, the window and the block.

import { present } from '../core/errors.js';
import type { PerAxis } from '../geometry/axis.js';
import { isBlank } from '../geometry/padding.js';
import { startsIn } from '../geometry/slice.js';
import { panelsOf } from '../plan/algorithms/winograd-tile.js';
import { FAR_INPUTS, INPUTS_AHEAD } from '../plan/caches.js';
import type { TapSet } from '../plan/tap-sets.js';
import { DirectTask, InsideTask, StagedRowsTask, type SumTask, WinogradTask } from '../shared/task.js';
import type { Placed } from './block-layouts.js';
import type { PlacedWindow } from './staging.js';
import { insideOf, listsRowTerms, rowTerms, tapOffsets, tapRanges } from './tap-table.js';
import type { TaskWriter } from './task-writer.js';

/**
 * Makes the task of a tap set, except for where its outputs go and the table of filters.
 * @param indices the phases of the set's first class
 */
export function sumTask(
  block: Placed,
  { layout, fields, staging }: PlacedWindow,
  set: TapSet,
  indices: PerAxis,
  writer: TaskWriter,
): SumTask {
  const { plan, slices, addresses, images, counts } = block;
  const { convolution } = plan;
  const [depth, height, width] = counts;
  const task = Object.assign(plan.variant.task(set, images), {
    groups: convolution.groups,
    filters: convolution.filters * plan.classes,
    terms: set.terms,
    depth,
    height,
    width,
    window: layout.first,
    windowImage: layout.image,
    windowGroup: layout.group,
    windowChannel: layout.map,
    windowDepth: layout.depth,
    windowRow: layout.row,
    ...fields,
    tapTable: writer.table(tapOffsets(plan, slices, layout, set, indices)),
    weights: addresses.weights + set.weights,
    bias: addresses.bias,
    packedFilters: plan.packedFilters,
    filterTiles: plan.filterTiles.length,
  });
  if (task instanceof WinogradTask) completeWinograd(task, block, indices, writer);
  if (task instanceof DirectTask && !staging) task.ahead = outputsAhead(block, set);
  if (task instanceof InsideTask) task.ranges = writer.table(tapRanges(slices, set, indices));
  // zeros add nothing where weights are finite; three terms have a micro-kernel of their own
  const skipsZeros = !plan.everyTap && isBlank(convolution.outside) && set.terms > 3;
  if (
    task instanceof StagedRowsTask &&
    skipsZeros &&
    listsRowTerms(plan) &&
    (slices[0].runs || slices[1].runs)
  )
    task.rowTerms = writer.table(rowTerms(slices, set, indices));
  return task;
}

function completeWinograd(task: WinogradTask, block: Placed, indices: PerAxis, writer: TaskWriter): void {
  const { plan, slices, images, counts } = block;
  const panels = panelsOf(present(plan.tile, 'tile for winograd'), counts, images);
  task.marks = writer.table(new Int32Array(plan.convolution.groups * panels));
  const [start, next] = startsIn(slices[0], indices[0]);
  // planes of zeros are left out: weights that are not finite have another row, and finite ones add nothing there
  if (task.planes > 1 && next === start + 1 && task.tileDepth === task.depth) {
    const { first, count } = insideOf(slices[0], start, task.livePlanesEnd);
    task.livePlanes = first;
    task.livePlanesEnd = first + count;
  }
}

/** How many outputs' inputs `direct` brings into the cache together; 0 where they are there, as just copied or read by several taps. */
function outputsAhead({ plan, addresses }: Placed, { taps, terms }: TapSet): number {
  const { batch, input } = plan.convolution;
  const isFar = addresses.input >= 0 && batch * input.image >= FAR_INPUTS;
  return isFar && taps === 1 ? Math.ceil(INPUTS_AHEAD / terms) : 0;
}
