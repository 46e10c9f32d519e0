// Portions: a plan in more blocks than it would have by itself, for several threads or for plain tensors. Each output is summed in the same
// order as in the plan's own blocks, so not a bit of the result depends on how many there are.

import { mapAxes, turnedIf } from '../geometry/axis.js';
import { copyCutsOf, granuleOf } from './cache-cuts.js';
import { planBytesOf } from './memory.js';
import { type Plan, planCutBy } from './plan.js';

/** Portions are not cut along another axis where there is this share of those that were wanted: shorter segments take longer to copy. */
const ENOUGH = 0.85;

/** In how many portions a plan can be carried out: maps that are copied a few at a time, or blocks. */
export function portionsIn({ mapsTogether, convolution, blocks }: Plan): number {
  const { batch, groups } = convolution;
  return mapsTogether > 0 ? Math.ceil((batch * groups) / mapsTogether) : blocks;
}

/**
 * A plan of the same outputs, bit for bit, in about so many portions. Where it can't be cut otherwise without changing a bit, it stays as it is.
 * @param isAlike whether another plan can read the plan's packed weights
 */
export function planInPortions(plan: Plan, wanted: number, isAlike: (other: Plan) => boolean): Plan {
  if (plan.mapsTogether > 0) return withMaps(plan, wanted);
  let best = plan;
  // images first, then the outermost axis, then the next one
  for (const cut of [inImages, ...turnedIf(plan.turned, [0, 1, 2]).map(along)]) {
    if (best.blocks > ENOUGH * wanted && best.blocks < 2 * wanted) break;
    const other = cut(best, wanted);
    if (other && hasSameSums(plan, other) && isAlike(other)) best = other;
  }
  return best;
}

/** The plan in smaller blocks for plain tensors, with the same outputs bit for bit; undefined where that is no gain. */
export function planForPlainTensors(plan: Plan): Plan | undefined {
  const cuts = copyCutsOf(plan);
  const other = cuts && planCutBy(plan, cuts, 1);
  if (!other || !hasSameSums(plan, other)) return undefined;
  const isWhole = other.slices.every(
    (list, index) =>
      list.length === 1 ||
      (!beginsBefore(other, index) && list.every(({ count }) => count >= granuleOf(plan, index))),
  );
  return isWhole ? other : undefined;
}

/** Maps that are computed each by itself: as many together as make so many portions. */
function withMaps(plan: Plan, wanted: number): Plan {
  const { batch, groups, channels, filters } = plan.convolution;
  const mapsTogether = Math.max(1, Math.ceil((batch * groups) / wanted));
  const held = { images: 1, groups: mapsTogether, channels, filters };
  const bytes = planBytesOf(held, plan.slices, plan.variant, plan.turned, 0, plan.bytes);
  return { ...plan, mapsTogether, bytes };
}

/** Whether tiles begin before the first output, as classes share their inputs: those of another slice would lie elsewhere. */
function beginsBefore({ tile, slices }: Plan, index: number): boolean {
  return tile !== undefined && slices[index].some(({ leads }) => leads.some((lead) => lead > 0));
}

/** Another plan in about so many blocks, if there is one. */
type Cutting = (plan: Plan, wanted: number) => Plan | undefined;

const inImages: Cutting = (plan, wanted) => {
  const images = Math.ceil((plan.images * plan.blocks) / wanted);
  return images < plan.images ? planCutBy(plan, plan.cuts, images) : undefined;
};

/**
 * Cuts an axis into shorter slices, or into longer ones: those of a plan suit caches that a portion on its way leaves. Into fewer than are
 * wanted where they would mostly load what their neighbours load too.
 */
function along(index: number): Cutting {
  return (plan, wanted) => {
    const { axes, cuts, slices, blocks, tile } = plan;
    const { split, separate, count } = cuts[index];
    const axis = axes[index];
    const granule = granuleOf(plan, index);
    if (beginsBefore(plan, index) || (tile && !isInGrid(plan, index, granule))) return undefined;
    const total = Math.ceil(axis.output / split.period);
    const others = (blocks / slices[index].length) * (separate ? split.phases.length : 1);
    const reach = ((axis.kernel - 1) * Math.abs(axis.dilation)) / axis.upsample;
    const worthwhile = reach > 0 ? Math.ceil((total * Math.abs(split.advance)) / reach) : wanted;
    const part = granule * Math.ceil(total / Math.min(Math.ceil(wanted / others), worthwhile) / granule);
    if (part === count || (part >= total && count >= total)) return undefined;
    const other = mapAxes(cuts, (cut, i) => (i === index ? { ...cut, count: part, least: granule } : cut));
    return planCutBy(plan, other, plan.images);
  };
}

/** Whether slices are whole tiles of one grid, as parts of the axis are, but for the last one. */
function isInGrid({ cuts, slices }: Plan, index: number, granule: number): boolean {
  const { phases, total } = cuts[index].split;
  const isWhole = slices[index].length <= (cuts[index].separate && total > 1 ? phases.length : 1);
  return isWhole || cuts[index].count % granule === 0;
}

/** Whether two plans of a convolution sum each output in the same order. */
function hasSameSums(plan: Plan, other: Plan): boolean {
  return other.classes === plan.classes && other.variant.entry === plan.variant.entry;
}
