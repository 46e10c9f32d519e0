// The plan of a weight gradient. It uses the blocks of the convolution itself: each block stages the window of the input as the
// convolution does, reads the output gradient where the convolution would write outputs, and adds to a common array of sums. Independent
// of addresses and wasm.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { most, product, sum } from '../../core/lists.js';
import { fold, type PerAxis, type StridedAxis } from '../../geometry/axis.js';
import { allTaps, kernelPart } from '../../geometry/live-taps.js';
import { largest, type Slices } from '../../geometry/slice.js';
import { cutSlices, cutsOf } from '../../plan/cuts.js';
import { planBytesOf } from '../../plan/memory.js';
import type { Convolution } from '../../problem/convolution.js';
import { RUN_WORDS } from '../../run/staging.js';
import { wordsOf } from '../../run/task-writer.js';
import { RoundTask, WeightPanelsTask } from '../../shared/gradient-task.js';
import { StageTask, Workspace } from '../../shared/task.js';
import { mostRows, ROW_WORDS } from './rows.js';
import { chosenWay, type Way, type WayName } from './ways.js';

/** How to compute the weight gradient of a convolution. */
export interface WeightPlan {
  readonly convolution: Convolution;
  readonly line: string;
  /** the axes of the convolution, folded */
  readonly axes: Readonly<PerAxis<StridedAxis>>;
  readonly turned: false;
  /** the fields of a variant that staging reads */
  readonly variant: Pick<Way, 'input' | 'workspace'>;
  readonly slices: Slices;
  /** images in a block */
  readonly images: number;
  readonly blocks: number;
  readonly way: Way;
  /** all products are in one run, whose float32 sums are the gradient */
  readonly isOneRun: boolean;
  /** the number of kernel elements */
  readonly taps: number;
  readonly bytes: WeightBytes;
}

/** The offsets of the parts of the scratch, and their sizes, in bytes. The copied input of a block is at offset 0. */
interface WeightBytes {
  readonly stagedAt: number;
  /** the copied gradient of a block; it overwrites the copied input, once that is staged */
  readonly targetAt: number;
  readonly workspaceAt: number;
  /** the packed window */
  readonly packedAt: number;
  readonly sumsAt: number;
  readonly sums: number;
  /** the weight gradient, if it is copied out */
  readonly resultAt: number;
  readonly tablesAt: number;
  readonly scratch: number;
}

/**
 * Plans the weight gradient of a convolution without upsampling. That of a transposed layer is the gradient of its adjoint.
 * @param preference forces a way; default: the one with the lowest estimated cost
 * @throws Error for an upsampled axis, and if the forced way can't compute it
 */
export function weightPlanOf(convolution: Convolution, preference?: WayName): WeightPlan {
  const { batch, groups, channels, filters, outside, line } = convolution;
  if (convolution.axes.some(({ upsample }) => upsample !== 1))
    throw new Error(`the weight gradient of ${line} is that of its adjoint`);
  const { axes: whole } = kernelPart(convolution.axes, allTaps);
  const axes = fold(whole, outside);
  const taps = product(axes.map(({ kernel }) => kernel));
  const map = product(axes.map(({ output }) => output));
  const kernelRows = { rowsOfThree: readsRowsOfThree(axes), isStrided: axes[2].stride > 1 };
  /** Cuts the work into blocks. `share` scales the input bytes that a block is charged for, compared with copied and staged inputs. */
  const cutFor = (share: number, name: WayName | undefined) => {
    const { cuts, images } = cutsOf({ ...convolution, channels: share * channels }, axes, false);
    const slices = cutSlices(axes, cuts, outside, false);
    const sizes = largest(slices, ({ count }) => count);
    const numbers = product(largest(slices, ({ staged }) => staged));
    const work = { images, groups, channels, filters, taps, ...kernelRows, sizes, map, numbers };
    const way = chosenWay(work, name);
    return { images, slices, sizes, way };
  };
  // packed inputs may need half as many bytes again
  let work = cutFor(1.5, preference);
  // planes are staged one at a time, which needs fewer; and blocks that cut rows are slow: 0.39 of n1 g512 c512 f512 i3200 k3
  if (work.way.input === 'stagedPlane') work = cutFor(0.5, work.way.entry);
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

/** Whether neighbouring outputs of a column read neighbouring rows of one plane, with three taps in each. */
function readsRowsOfThree([depth, height, width]: Readonly<PerAxis<StridedAxis>>): boolean {
  const isPlane = depth.kernel === 1 && depth.output === 1;
  return isPlane && width.kernel === 3 && height.stride === height.dilation;
}

/** An upper bound for the words of a block's tasks and tables. */
function tableWords(slices: Slices, images: number, { taps, order, tables }: Way): number {
  const [stagedDepths, stagedRows] = largest(slices, ({ staged }) => staged);
  const pieces = most(slices[2].map(({ runs }) => runs?.length ?? 1));
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
