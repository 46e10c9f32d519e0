// Plan: how a problem is computed: the algorithm, the blocks of work, and the bytes they take. Pure; no wasm here.

import { aligned } from '../core/bytes.js';
import { least, most } from '../core/lists.js';
import { type Axis, fold, type PerAxis } from '../geometry/axis.js';
import { type Cut, phasesFor, type Slice, sharing, slicesOf } from '../geometry/slice.js';
import { formatProblem } from '../problem/line.js';
import { axesOf, type Problem } from '../problem/problem.js';
import type { WinogradTile } from './algorithms/winograd.js';
import { type Choice, choose, filterTiles, type Wish } from './choice.js';
import { cutsOf } from './cuts.js';
import { workOf } from './scratch.js';
import { type Subset, spacingsOf, subsetsOf, tapCounts } from './tap-sets.js';

/** Everything about a problem's computation that doesn't depend on addresses. */
export interface Plan {
  readonly problem: Problem;
  readonly line: string;
  readonly choice: Choice;
  readonly axes: readonly [Axis, Axis, Axis];
  /** channels and filters of one group */
  readonly channels: number;
  readonly filters: number;
  /** classes of outputs that read the same and are computed together */
  readonly classes: number;
  /** the first row of each filter tile, and the rows of all */
  readonly tiles: readonly number[];
  readonly rows: number;
  /** the tile of a transform, where one is used */
  readonly tile: WinogradTile | undefined;
  readonly slices: readonly [readonly Slice[], readonly Slice[], readonly Slice[]];
  /** images in a block */
  readonly images: number;
  /** outputs fall into several classes along some axis, which have to be woven together */
  readonly interleaved: boolean;
  /** kernels can write a block's outputs where they belong in a tensor in wasm memory */
  readonly inPlace: boolean;
  /** the step of a 3x3 depthwise kernel that reads planes as they are, or 0 */
  readonly planeStep: number;
  readonly subsets: ReadonlyMap<string, Subset>;
  readonly panelTiles: number;
  readonly bytes: PlanBytes;
}

/** Bytes of wasm memory that a plan takes; all but the weights are work space. */
export interface PlanBytes {
  readonly loaded: number;
  readonly staged: number;
  readonly target: number;
  readonly parts: number;
  readonly panel: number;
  readonly scratch: number;
  readonly weights: number;
}

/** Plans a problem. */
export function planOf(problem: Problem, wish?: Wish): Plan {
  const axes = fold(axesOf(problem));
  const channels = problem.channels / problem.groups;
  const filters = problem.filters / problem.groups;
  const interleaved = axes.some((axis) => phasesFor(axis, false).period > 1);
  const { cuts, images } = cutsOf(problem, axes, interleaved);
  const unshared = axes.map((axis, index) => slicesOf(axis, cuts[index], problem.paddingMode));
  const shared = unshared.map((list, axis) => (axis > 0 ? list.map(sharing) : list));

  const [depth, height, width] = unshared.map((list) =>
    least(list.flatMap((slice) => slice.counts)),
  ) as PerAxis;
  const splits = axes.map((axis, index) => phasesFor(axis, cuts[index].separate));
  const terms = channels * splits.reduce((product, split) => product * most(tapCounts(split)), 1);
  const shape = {
    channels,
    filters,
    terms,
    depth,
    height,
    width,
    spacings: spacingsOf(splits),
    classes: classesOf(shared),
    sizes: shared.map((list) => least(list.map((slice) => slice.count))) as PerAxis,
  };
  const choice = choose(shape, wish);
  const tile = choice.algorithm.tile?.(shape);
  // what is computed beside the outputs is worth a transform shared by all classes, or a twentieth more of eights in rows
  const eights = ([deep, high, wide]: Readonly<PerAxis>) => deep * high * Math.ceil(wide / 8);
  const isCheap = eights(shape.sizes) < 1.05 * eights([depth, height, width]);
  const slices = (tile || isCheap ? shared : unshared) as [Slice[], Slice[], Slice[]];
  const classes = classesOf(slices);
  const tiles = filterTiles(filters * classes, choice.algorithm);
  const rows = most(tiles);
  const { subsets, weights } = subsetsOf(
    axes,
    cuts,
    channels,
    classes,
    rows * problem.groups,
    choice.algorithm.mostTerms,
    tile,
  );

  const largest = (pick: (slice: Slice) => number) =>
    slices.reduce((product, list) => product * most(list.map(pick)), 1);
  const maps = images * problem.channels;
  const outputs = images * problem.filters;
  const planeStep = choice.algorithm.item === 'map' ? planeStepOf(problem, axes, cuts) : 0;
  const loaded = 4 * maps * largest((slice) => slice.loaded);
  const staged =
    planeStep > 0 || slices.every((list) => list.every((slice) => slice.map === null))
      ? 0
      : (choice.algorithm.item === 'map' ? 1 : maps) * (4 * largest((slice) => slice.staged) + 64);
  const target = 4 * outputs * largest((slice) => slice.stored);
  const parts = interleaved
    ? largest((slice) => slice.counts.length) * aligned(4 * outputs * largest((slice) => slice.count))
    : 0;
  const all = [...subsets.values()];
  const work = workOf(
    choice.algorithm,
    tile,
    most(all.map((subset) => subset.termsBlock)),
    most(all.map((subset) => subset.terms)),
    rows,
    slices.map((list) => most(list.map((slice) => slice.count))) as PerAxis,
  );
  // a row of zeros, with a vector more on both sides, and the list of rows, with one of zeros more on both sides
  const panel = planeStep > 0 ? 4 * (axes[2].input + axes[1].input + 2) + 64 : work.panel;
  const { panelTiles, edge } = work;
  const scratch = [loaded, staged, target, parts, panel, edge].reduce(
    (sum, bytes) => sum + aligned(bytes),
    0,
  );

  return {
    problem,
    line: formatProblem(problem),
    choice,
    axes,
    channels,
    filters,
    classes,
    tiles,
    rows,
    tile,
    slices,
    images,
    interleaved,
    planeStep,
    inPlace: interleaved || slicesAreStretches(axes, slices),
    subsets,
    panelTiles,
    bytes: { loaded, staged, target, parts, panel, scratch, weights },
  };
}

/** Number of blocks of a plan. */
export function blockCount(plan: Plan): number {
  const [depths, heights, widths] = plan.slices;
  return Math.ceil(plan.problem.batch / plan.images) * depths.length * heights.length * widths.length;
}

/** Classes of outputs that read the same: those along the innermost axes. */
function classesOf(slices: readonly (readonly Slice[])[]): number {
  let classes = 1;
  for (const [slice] of [...slices].reverse()) {
    if (!slice?.alike) break;
    classes *= slice.leads.length;
  }
  return classes;
}

/** 1 or 2 where a 3x3 kernel of that step can read planes as they are: no more than one row and column of zeros on each side. */
function planeStepOf(
  problem: Problem,
  [depth, height, width]: readonly Axis[],
  cuts: readonly Cut[],
): number {
  if (!depth || !height || !width || depth.input !== 1 || depth.kernel !== 1 || depth.padding !== 0) return 0;
  const step = width.stride;
  const fits = [height, width].every(
    (axis) =>
      axis.kernel === 3 &&
      axis.stride === step &&
      axis.upsample === 1 &&
      axis.dilation === 1 &&
      axis.padding >= 0 &&
      axis.padding <= 1 &&
      step * (axis.output - 1) + 2 - axis.padding <= axis.input,
  );
  const padded = [height, width].some(
    (axis) => axis.padding > 0 || step * (axis.output - 1) + 2 >= axis.input,
  );
  const whole = cuts[2].count >= width.output && !cuts.some((cut) => cut.separate);
  return fits && whole && step <= 2 && (problem.paddingMode === 'zeros' || !padded) ? step : 0;
}

/** The outputs of every block follow each other in the output's maps. */
function slicesAreStretches(
  axes: readonly Axis[],
  [depths, heights, widths]: readonly [Slice[], Slice[], Slice[]],
): boolean {
  const single = (slices: readonly Slice[]) => slices.every((slice) => slice.stored === 1);
  const whole = (slices: readonly Slice[], axis: Axis | undefined) =>
    slices.every((slice) => slice.stored === axis?.output);
  if (![depths, heights, widths].every((slices) => slices.every((slice) => slice.stores.length === 1)))
    return false;
  return single(depths)
    ? single(heights) || whole(widths, axes[2])
    : whole(heights, axes[1]) && whole(widths, axes[2]);
}
