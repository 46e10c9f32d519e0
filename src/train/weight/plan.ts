// Plan of a weight gradient: the blocks of outputs that the convolution itself is cut into, read from the other side. Each block stages the
// window of the input as the convolution does, and reads the gradient where the convolution writes its outputs; all blocks add to one
// array of sums. Knows no address and no wasm.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { most, product, sum } from '../../core/lists.js';
import { fold, mapAxes, type PerAxis, type StridedAxis } from '../../geometry/axis.js';
import { runsOf } from '../../geometry/intervals.js';
import { allTaps, kernelPart } from '../../geometry/live-taps.js';
import { largest, type Slices, slicesOf } from '../../geometry/slice.js';
import { cutsOf } from '../../plan/cuts.js';
import { planBytesOf } from '../../plan/memory.js';
import type { Convolution } from '../../problem/convolution.js';
import { RUN_WORDS } from '../../run/staging.js';
import { wordsOf } from '../../run/task-writer.js';
import { RoundTask, WeightPanelsTask } from '../../shared/gradient-task.js';
import { StageTask, Workspace } from '../../shared/task.js';
import { mostRows, ROW_WORDS } from './rows.js';
import { chosenWay, type Way, type WayName } from './ways.js';

/** How the weight gradient of a convolution is computed, wherever its data lie. */
export interface WeightPlan {
  readonly convolution: Convolution;
  readonly line: string;
  /** those of the convolution, folded */
  readonly axes: Readonly<PerAxis<StridedAxis>>;
  readonly turned: false;
  /** what staging asks of a variant of the layers' table */
  readonly variant: Pick<Way, 'input' | 'workspace'>;
  readonly slices: Slices;
  /** images in a block */
  readonly images: number;
  readonly blocks: number;
  readonly way: Way;
  /** all products are one run, whose sums are the gradient */
  readonly isOneRun: boolean;
  /** kernel elements */
  readonly taps: number;
  readonly bytes: WeightBytes;
}

/** Where the parts of the scratch begin, and the bytes of all. The input of a block as it is copied in comes first. */
export interface WeightBytes {
  readonly stagedAt: number;
  /** the gradient of a block as it is copied in: it takes the place of the copied input where that is staged by then */
  readonly targetAt: number;
  readonly workspaceAt: number;
  /** the window, packed */
  readonly packedAt: number;
  readonly sumsAt: number;
  readonly sums: number;
  /** the weight gradient, before it is copied out */
  readonly resultAt: number;
  readonly tablesAt: number;
  readonly scratch: number;
}

/**
 * Plans the weight gradient of a convolution without upsampling; that of a transposed layer is the one of its adjoint.
 * @param preference the way to take; without it the one that is estimated to be the fastest
 * @throws Error for an upsampled axis, and where that way can't compute it
 */
export function weightPlanOf(convolution: Convolution, preference?: WayName): WeightPlan {
  const { batch, groups, channels, filters, outside, line } = convolution;
  if (convolution.axes.some(({ upsample }) => upsample !== 1))
    throw new Error(`the weight gradient of ${line} is that of its adjoint`);
  const { axes: whole } = kernelPart(convolution.axes, allTaps);
  const axes = fold(whole, outside);
  const taps = product(axes.map(({ kernel }) => kernel));
  const map = product(axes.map(({ output }) => output));
  /** The work in blocks whose inputs take so often the bytes that they take when copied in and staged. */
  const cutFor = (share: number, name: WayName | undefined) => {
    const { cuts, images } = cutsOf({ ...convolution, channels: share * channels }, axes, false);
    const slices = mapAxes(axes, (axis, index) => slicesOf(axis, cuts[index], outside));
    const sizes = largest(slices, ({ count }) => count);
    const numbers = product(largest(slices, ({ staged }) => staged));
    const way = chosenWay({ images, groups, channels, filters, taps, sizes, map, numbers }, name);
    return { images, slices, sizes, way };
  };
  // as many bytes again may go into packed inputs
  let work = cutFor(1.5, preference);
  // planes are staged one by one, and blocks of parts of all rows are slow: 0.39 of n1 g512 c512 f512 i3200 k3
  if (work.way.input === 'plane') work = cutFor(0.5, work.way.entry);
  const { images, slices, sizes, way } = work;

  const variant = { input: way.input, workspace: way.workspace };
  const cut = { convolution, images, slices, turned: false };
  const { stagedAt, targetAt, workspaceAt, scratch } = planBytesOf(cut, variant, 0, 0, {
    packing: 0,
    weights: 0,
  });
  const packedAt = aligned(scratch);
  const sumsAt = aligned(packedAt + way.packed);
  const blocks = Math.ceil(batch / images) * product(slices.map(({ length }) => length));
  const isOneRun = way.panels > 0 && blocks === 1 && images * product(sizes) <= way.order.mostSteps;
  const sums = isOneRun ? 0 : groups * way.sumsGroup;
  const resultAt = aligned(sumsAt + sums);
  const tablesAt = aligned(resultAt + FLOAT_BYTES * groups * filters * channels * taps);
  return {
    convolution,
    line,
    axes,
    turned: false,
    variant,
    slices,
    images,
    blocks,
    way,
    isOneRun,
    taps,
    bytes: {
      ...{ stagedAt, targetAt, workspaceAt, packedAt, sumsAt, sums, resultAt, tablesAt },
      scratch: tablesAt + WORD_BYTES * tableWords(slices, images, way),
    },
  };
}

/** Words of the tasks and tables of any block, at most. */
function tableWords(slices: Slices, images: number, { taps, order, tables }: Way): number {
  const [stagedDepths, stagedRows] = largest(slices, ({ staged }) => staged);
  const pieces = most(slices[2].map(({ positions }) => (positions ? runsOf(positions).length : 1)));
  const rows = mostRows(
    images,
    largest(slices, ({ count }) => count),
    order,
  );
  return (
    sum([new Workspace(), new StageTask(), new WeightPanelsTask(), new RoundTask()].map(wordsOf)) +
    (stagedDepths + stagedRows + RUN_WORDS * pieces) +
    (taps + tables.length) +
    // each row may be a run
    (ROW_WORDS + 1) * rows +
    1
  );
}
