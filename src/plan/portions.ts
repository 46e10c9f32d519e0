// Portions: the same plan in more blocks, for several threads or for plain tensors. Each output is summed in the same order, so no bit of the
// result depends on the number of blocks.

import { mapAxes, turnedIf } from '../geometry/axis.js';
import { direct } from './algorithms/direct.js';
import { gemm } from './algorithms/gemm.js';
import { copyCutsOf, granuleOf } from './cache-cuts.js';
import { choose } from './choice.js';
import { planBytesOf } from './memory.js';
import { type Plan, recutPlan } from './plan.js';

/** Packing pays for more filters in any case: 0.97 by `direct` for plain n1 g1 c64 f64 i64x64 k1x1, 0.96 for n1 g1 c24 f100 i128x128 k1x1. */
const MANY_FILTERS = 48;

/** From this share of the wanted portions on no other axis is cut: shorter segments take longer to copy. */
const ENOUGH = 0.85;

/** The number of portions of a plan: groups of maps that are copied together, or blocks. */
export function portionsIn({ mapsAtOnce, convolution, blocks }: Plan): number {
  const { batch, groups } = convolution;
  return mapsAtOnce > 0 ? Math.ceil((batch * groups) / mapsAtOnce) : blocks;
}

/**
 * The plan in about so many portions, with the same outputs bit for bit. Where no cut preserves the bits, it returns the plan as it is.
 * @param sharesWeights whether another plan can read the plan's packed weights
 */
export function planInPortions(plan: Plan, wanted: number, sharesWeights: (other: Plan) => boolean): Plan {
  if (plan.mapsAtOnce > 0) return mapsInPortions(plan, wanted);
  let best = plan;
  // images first, then the outermost axis, then the next one
  for (const cut of [inImages, ...turnedIf(plan.turned, [0, 1, 2]).map(along)]) {
    if (best.blocks > ENOUGH * wanted && best.blocks < 2 * wanted) break;
    const other = cut(best, wanted);
    if (other && hasSameSums(plan, other) && sharesWeights(other)) best = other;
  }
  return best;
}

/**
 * The plan in smaller blocks or by another row for plain tensors, with the same outputs bit for bit; undefined where these would not be
 * faster.
 */
export function planForPlainTensors(plan: Plan): Plan | undefined {
  const smaller = smallerPlan(plan);
  return planInPlace(smaller ?? plan) ?? smaller;
}

/**
 * The plan by `direct` instead of `gemm`, where this packs inputs only because their channels lie pages apart: those of a copied block lie
 * closer together. 1.2 for plain n1 g1 c32 f16 i256x256 k1x1, 1.05 for plain n1 g1 c96 f24 i128x128 k1x1. Not where `gemm` adds several sums.
 */
function planInPlace(plan: Plan): Plan | undefined {
  const { choice, blocks, packedFilters, tapSets, convolution, bytes, cuts, images } = plan;
  const addsSums = tapSets.some(({ terms, termsAtOnce }) => terms > termsAtOnce);
  if (choice.algorithm !== gemm || choice.asked || blocks === 1 || packedFilters > MANY_FILTERS || addsSums)
    return undefined;
  const mapBytes = bytes.loaded / (images * convolution.groups * convolution.channels);
  const other = recutPlan(plan, cuts, images, (workload) =>
    choose({ ...workload, mapBytes }, {}, [direct, gemm]),
  );
  return other.choice.algorithm === direct ? other : undefined;
}

/** The plan in smaller blocks for plain tensors. */
function smallerPlan(plan: Plan): Plan | undefined {
  const cuts = copyCutsOf(plan);
  const other = cuts && recutPlan(plan, cuts, 1);
  if (!other || !hasSameSums(plan, other)) return undefined;
  const isWhole = other.slices.every(
    (list, index) =>
      list.length === 1 ||
      (!beginsBefore(other, index) && list.every(({ count }) => count >= granuleOf(plan, index))),
  );
  return isWhole ? other : undefined;
}

/** A plan that copies maps a few at a time: as many as make so many portions. */
function mapsInPortions(plan: Plan, wanted: number): Plan {
  const { batch, groups } = plan.convolution;
  const mapsAtOnce = Math.max(1, Math.ceil((batch * groups) / wanted));
  const bytes = planBytesOf(plan, plan.variant, mapsAtOnce, 0, plan.bytes);
  return { ...plan, mapsAtOnce, bytes };
}

/** Whether tiles begin before the first output, because classes share a window: in other slices they would begin elsewhere. */
function beginsBefore({ tile, slices }: Plan, index: number): boolean {
  return tile !== undefined && slices[index].some(({ leads }) => leads.some((lead) => lead > 0));
}

/** Makes a plan in about so many blocks, if it can. */
type Cutting = (plan: Plan, wanted: number) => Plan | undefined;

const inImages: Cutting = (plan, wanted) => {
  const images = Math.ceil((plan.images * plan.blocks) / wanted);
  return images < plan.images ? recutPlan(plan, plan.cuts, images) : undefined;
};

/**
 * Cuts an axis into shorter or longer slices (those of the plan suit a cache, which a portion leaves on its way to a worker). Into fewer than
 * wanted where slices would mostly load the same inputs as their neighbours.
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
    return recutPlan(plan, other, plan.images);
  };
}

/** Whether all slices but the last are whole tiles, so that tiles are the same however the axis is cut. */
function isInGrid({ cuts, slices }: Plan, index: number, granule: number): boolean {
  const { phases, total } = cuts[index].split;
  const isWhole = slices[index].length <= (cuts[index].separate && total > 1 ? phases.length : 1);
  return isWhole || cuts[index].count % granule === 0;
}

/** Whether two plans of a convolution sum each output in the same order. */
function hasSameSums(plan: Plan, other: Plan): boolean {
  return other.classes === plan.classes && other.variant.entry === plan.variant.entry;
}
