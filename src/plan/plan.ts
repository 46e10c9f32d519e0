// Plan: how a convolution is computed: which row of the table and which of its variants, in which blocks, in how much memory. A plan has no
// addresses and leads to no wasm.

import { aligned, FLOAT_BYTES } from '../core/bytes.js';
import { product, sum } from '../core/lists.js';
import { mapAxes, turnedIf } from '../geometry/axis.js';
import { uncut } from '../geometry/slice.js';
import type { Convolution } from '../problem/convolution.js';
import { elementBytes } from '../shared/sizes.js';
import type { Algorithm, CutWork, Variant, Workload } from './algorithms/algorithm.js';
import { cacheCutsOf } from './cache-cuts.js';
import { type Choice, choose, UnableError } from './choice.js';
import { type Chosen, chooseFor } from './chosen.js';
import { type Cuts, cutsOf, isInterleaved } from './cuts.js';
import { tileStarts } from './filter-tiles.js';
import { areStoredTogether, mapsAtOnceOf, type PlanBytes, planBytesOf } from './memory.js';
import { type Outline, outlineOf, outlinesOf } from './outlines.js';
import { type Packing, packingOf, packingTables } from './packing.js';
import type { Preference } from './preference.js';
import { type TapSet, tapSetsOf } from './tap-sets.js';
import { SINGLE_TAPS } from './transform-kernels.js';
import { fewestOutputs } from './workload.js';

/** How a convolution is computed, wherever its data is. */
export interface Plan extends CutWork, Outline {
  readonly line: string;
  readonly choice: Choice;
  readonly variant: Variant;
  readonly axes: Outline['axes'];
  /** blocks of all images and slices */
  readonly blocks: number;
  /** classes of outputs that read the same and are computed together, as if each filter were so many */
  readonly classes: number;
  /** the first filter of each register tile, and last the number of packed filters */
  readonly tileStarts: readonly number[];
  /** the filters of all register tiles: those of a group, and the padding */
  readonly packedFilters: number;
  /** the pieces in which weights are packed */
  readonly packing: Packing;
  /** outputs fall into several classes along some axis, which are interleaved */
  readonly interleaved: boolean;
  /** kernels can store the outputs of a block directly in a tensor in wasm memory */
  readonly storesDirectly: boolean;
  /** how many maps of plain tensors are copied in, computed and copied out before the next ones; 0: all of a block */
  readonly mapsAtOnce: number;
  readonly bytes: PlanBytes;
}

/**
 * Plans a convolution.
 * @param preference what the caller wants of the choice
 * @param table the rows to choose from, the layers' by default
 * @throws UnableError if the preferred row can't compute it
 */
export function planOf(
  convolution: Convolution,
  preference?: Preference,
  table?: readonly Algorithm[],
): Plan {
  const outline = outlineOf(convolution, preference?.everyTap === true);
  const chooseRow = (workload: Workload) => choose(workload, preference, table);
  const inBlocks = (each: Outline) => {
    const { cuts, images } = cutsOf(convolution, each.axes, each.turned);
    return planWith(each, cuts, images, chooseRow, preference?.sharedStart);
  };
  const plan = cheapestPlan(outlinesOf(outline), inBlocks);
  if (plan.blocks > 1 && !plan.turned && plan.variant.input !== 'window') {
    // copied in and out a few at a time, maps take little memory however many there are
    const whole = mapAxes(outline.axes, (axis) => uncut(axis));
    const mapByMap = planWith(outline, whole, convolution.batch, chooseRow);
    if (mapByMap.mapsAtOnce > 0) return mapByMap;
  }
  const smaller = cacheCutsOf(plan);
  const cut = smaller && planWith(plan, smaller, 1, sameRow(plan), preference?.sharedStart);
  // not if other classes of outputs would then be computed together
  return cut?.classes === plan.classes ? cut : plan;
}

/** Plans the blocks of a plan by another row without a transform, with the same windows and targets. */
export function planByRow(plan: Plan, row: Algorithm): Plan {
  const chooseRow = (workload: Workload) => choose(workload, {}, [row]);
  // without completed phases
  const cuts = mapAxes(plan.cuts, (cut, axis) => ({
    ...cut,
    split: uncut(plan.axes[axis], cut.separate).split,
  }));
  return planWith(plan, cuts, plan.images, chooseRow, true);
}

/**
 * The same plan in other blocks: classes of outputs share their windows if they did.
 * @param chooseRow takes the plan's row by default
 */
export function recutPlan(plan: Plan, cuts: Cuts, images: number, chooseRow = sameRow(plan)): Plan {
  const isShared = plan.slices.some((list) => list.some(({ leads }) => leads.some((lead) => lead > 0)));
  return planWith(plan, cuts, images, chooseRow, isShared);
}

/** Chooses the row of a plan again for other blocks, with a cost in proportion to their outputs. */
function sameRow({ choice, slices }: Plan) {
  const ofOutput = choice.proposal.cost / Math.max(1, product(fewestOutputs(slices)));
  return ({ depth, height, width }: Workload): Choice => ({
    ...choice,
    proposal: { ...choice.proposal, cost: ofOutput * Math.max(1, depth * height * width) },
  });
}

/** Plans each outline and returns the plan with the least estimated cost. */
function cheapestPlan(outlines: readonly Outline[], planOutline: (outline: Outline) => Plan): Plan {
  let best: Plan | undefined;
  let unable: unknown;
  for (const outline of outlines) {
    // with the height as the depth only a transform is faster
    if (best?.choice.algorithm.name === 'depthwise' && !outline.turned) continue;
    try {
      const plan = planOutline(outline);
      if (!best || costOf(plan) < costOf(best)) best = plan;
    } catch (error) {
      if (!(error instanceof UnableError)) throw error;
      unable ??= error;
    }
  }
  if (!best) throw unable;
  return best;
}

/** Quarter cycles that interleaving a row of outputs takes, however short it is. */
const INTERLEAVED_ROW = 100;

/**
 * Quarter cycles for one output of all filters. A turned plan also stages inputs and interleaves outputs column by column; others interleave
 * classes of outputs row by row.
 */
function costOf({ convolution, choice, turned, interleaved, slices, axes }: Plan): number {
  const { channels, filters } = convolution;
  const rows = interleaved ? (INTERLEAVED_ROW * filters) / axes[2].output : 0;
  const moving = turned ? 6 * (channels + filters) : rows;
  return choice.proposal.cost / product(fewestOutputs(slices)) + moving;
}

/** Estimated quarter cycles of a whole call. */
export function estimateOf(plan: Plan): number {
  const { batch, groups, axes } = plan.convolution;
  return batch * groups * product(axes.map(({ output }) => output)) * costOf(plan);
}

/** The tap sets, and the bytes of their packed weights, each from a cache line on. */
function packedTapSets(
  { convolution, axes, firstElement }: Outline,
  { choice, tile, cuts, classes }: Chosen,
  packedFilters: number,
): { tapSets: TapSet[]; weights: number } {
  const { groups, channels } = convolution;
  const bytesOf = (terms: number) =>
    aligned(
      groups *
        (tile ? tile.elements * elementBytes(packedFilters, terms) : FLOAT_BYTES * packedFilters * terms),
    );
  const order = tile ?? SINGLE_TAPS;
  const mostTerms = tile?.transform.mostTerms ?? choice.algorithm.mostTerms;
  const kernel = { axes, first: firstElement };
  const tapSets = tapSetsOf(kernel, cuts, { channels, classes, mostTerms, order, bytesOf });
  return { tapSets, weights: sum(tapSets.map(({ terms }) => bytesOf(terms))) };
}

/**
 * Plans a convolution that is cut into blocks.
 * @param sharedStart as in `Preference`
 */
function planWith(
  outline: Outline,
  given: Cuts,
  images: number,
  chooseRow: (workload: Workload) => Choice,
  sharedStart?: boolean,
): Plan {
  const { convolution, axes, turned, firstElement, everyTap } = outline;
  const { batch, filters, line } = convolution;
  const chosen = chooseFor(outline, given, images, chooseRow, sharedStart);
  const { choice, tile, cuts, slices, classes, fusedInterleave } = chosen;

  // the register tiles, the taps, and the variant that computes them. Tiles are chosen by the outputs of the whole call, not of a block:
  // plans of other blocks share packed weights
  const outputs = (batch * product(axes.map(({ output }) => output))) / classes;
  const filterTiles = choice.algorithm.filterTiles(filters * classes, outputs);
  const packedFilters = sum(filterTiles);
  const { tapSets, weights } = packedTapSets(outline, chosen, packedFilters);
  const work = {
    convolution,
    images,
    axes,
    turned,
    cuts,
    slices,
    filterTiles,
    tapSets,
    fusedInterleave,
    tile,
  };
  const variant = choice.algorithm.variant(work);

  // the memory
  const interleaved = isInterleaved(given);
  const packing = packingOf(convolution);
  const tables = packingTables(tapSets, filters, filterTiles.length, tile !== undefined);
  const blocks = Math.ceil(batch / images) * product(slices.map(({ length }) => length));
  const mapsAtOnce =
    blocks === 1 && !interleaved && !turned && variant.input !== 'window' ? mapsAtOnceOf(convolution) : 0;
  const parts = (interleaved && !fusedInterleave) || turned ? classes * tapSets.length : 0;
  // added to the same object: V8 takes 15 microseconds for `...work`
  return Object.assign(work, {
    line,
    choice,
    variant,
    blocks,
    everyTap,
    firstElement,
    classes,
    tileStarts: tileStarts(filterTiles),
    packedFilters,
    packing,
    interleaved,
    storesDirectly:
      (interleaved && !turned) || areStoredTogether(turnedIf(turned, axes), turnedIf(turned, slices)),
    mapsAtOnce,
    bytes: planBytesOf(work, variant, mapsAtOnce, parts, {
      packing: packing.bytes + tables,
      weights,
    }),
  });
}
