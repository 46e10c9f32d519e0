// Chosen: the row that computes an outline in some blocks, and the windows that its classes of outputs read.

import { mapAxes, point } from '../geometry/axis.js';
import { completed } from '../geometry/phases.js';
import { type Slices, withPhases, withSharedStart } from '../geometry/slice.js';
import type { Workload } from './algorithms/algorithm.js';
import type { Choice } from './choice.js';
import { type Cuts, cutSlices } from './cuts.js';
import { fusesInterleave } from './fused-interleave.js';
import type { Outline } from './outlines.js';
import { classesOf, isSharingCheap, workloadOf } from './workload.js';

/** The row that computes an outline, and the windows that it reads. */
export interface Chosen {
  readonly choice: Choice;
  readonly tile: Choice['proposal']['tile'];
  /** with completed phases for a transform */
  readonly cuts: Cuts;
  readonly slices: Slices;
  /** classes of outputs that share a window */
  readonly classes: number;
  readonly fusedInterleave: boolean;
}

/** Chooses the row, and whether classes of outputs share a window. */
export function chooseFor(
  { convolution, axes, turned }: Outline,
  cuts: Cuts,
  images: number,
  chooseRow: (workload: Workload) => Choice,
  sharedStart?: boolean,
): Chosen {
  const own = cutSlices(axes, cuts, convolution.outside, turned);
  // Not along the depth of a volume: 0.85 for T n1 g1 c128 f64 i8x8x8 k4x4x4 s2x2x2 p1x1x1, whose columns of outputs get one longer.
  const first = axes[1] === point ? 0 : 1;
  const shared = mapAxes(own, (list, axis) => (axis >= first ? list.map(withSharedStart) : list));
  const complete = mapAxes(cuts, (cut, axis) => {
    const split = axis >= first ? completed(cut.split) : cut.split;
    return split === cut.split ? cut : { ...cut, split };
  });
  const alike = mapAxes(shared, (list, axis) => list.map((slice) => withPhases(slice, complete[axis].split)));
  const workload = workloadOf({ convolution, axes, turned, images, cuts, complete, own, alike });
  const choice = chooseRow(workload);
  const { algorithm, proposal } = choice;
  const { tile } = proposal;
  const fusedInterleave = algorithm.name === 'depthwise' && !turned && fusesInterleave(workload, own);
  const isShared = tile || (!fusedInterleave && (sharedStart ?? isSharingCheap(workload)));
  const slices = tile ? alike : isShared ? shared : own;
  const classes = fusedInterleave ? 1 : classesOf(slices);
  return { choice, tile, cuts: tile ? complete : cuts, slices, classes, fusedInterleave };
}
