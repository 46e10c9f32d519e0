// Layer fft plan: in what blocks a layer's convolution is computed through spectra, and whether that is estimated to be faster than the
// row of the table that would compute it.

import { product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Outside } from '../geometry/padding.js';
import { estimateOf, type Plan } from '../plan/plan.js';
import { columnSize, rowSize } from '../spectrum/sizes.js';
import { type BlockSizes, tableBytes } from '../spectrum/tables.js';
import { blockBytes, factorBytes, spectrumBytes, TRANSFORM_BYTES, workBytes } from '../spectrum/transform.js';
import type { Border } from '../sums/request.js';
import { COPY, MOST_BYTES, nanoseconds, sizesFor } from '../sums/spectral-plan.js';
import { type LayerAxis, layerAxis } from './layer-axis.js';

/** How a layer is computed through spectra. Lists have an entry each for planes, rows, and numbers of a row. */
export interface LayerFftPlan {
  readonly plan: Plan;
  readonly axes: Readonly<PerAxis<LayerAxis>>;
  readonly border: Border;
  readonly sizes: BlockSizes;
  /** good outputs of a block along each axis, and how many blocks there are of a map */
  readonly good: readonly number[];
  readonly blocks: readonly number[];
  /** each group has one channel and one filter: blocks are multiplied as they are transformed */
  readonly single: boolean;
  /** bytes of the scratch, and of the weights' spectra, which are kept */
  readonly scratch: number;
  readonly spectra: number;
  /** estimated nanoseconds of a call, and of one by the table's row */
  readonly cost: number;
  readonly rowCost: number;
  /** log2 of a block's numbers in all channels: |error| <= u · this · Σ over channels of ‖inputs‖₂ ‖kernel‖₂, u = 2^-24 */
  readonly logSize: number;
}

/** Bytes of weights' spectra, at most. */
const MOST_SPECTRA = 64 * 2 ** 20;

/** Bytes of spectra of weights that stay in a second-level cache. */
const CACHED_SPECTRA = 2 ** 20;

/** Nanoseconds of a quarter cycle, in which the rows of the table count. */
const QUARTER_CYCLE = 0.07;

/** Nanoseconds of a number that is multiplied and added to a sum of products; and more where the weights' spectra come from memory. */
const MULTIPLIED = 0.17;
const FETCHED = 0.2;

/** Nanoseconds of a call beside its blocks, of a map's block beside its numbers, and of a row with something other than zeros around it. */
const CALL = 15_000;
const BLOCK = 1000;
const BORDERED = 800;

/** Blocks that are taken one by one take longer than those that lie side by side, by which transforms were measured. */
const ONE_BY_ONE = 1.2;

/** Nanoseconds of a number of the outputs, to which a bias and an activation come. */
const FINISHED = 0.15;

const borders: Readonly<Record<Outside, Border>> = {
  nothing: 'nothing',
  // weights that are not finite are left to the table, so zeros add nothing
  zeros: 'nothing',
  reflect: 'mirror',
  replicate: 'nearest',
  circular: 'wrap',
};

const planned = new WeakMap<Plan, LayerFftPlan | string>();

/** Bytes from the spectrum of a kernel to the next. */
export function spectrumStep(sizes: BlockSizes, single: boolean): number {
  return (single ? factorBytes : spectrumBytes)(sizes, 'float32');
}

/** How a plan's convolution is computed through spectra, or in words why it is not. */
export function layerFftPlan(plan: Plan): LayerFftPlan | string {
  let known = planned.get(plan);
  if (known === undefined) planned.set(plan, (known = offerFor(plan)));
  return known;
}

function offerFor(plan: Plan): LayerFftPlan | string {
  const own = plan.choice.algorithm.name;
  if (plan.choice.asked) return `${own} was asked for, or was the fastest when the layer was tuned`;
  const best = layerFftLayout(plan);
  if (typeof best === 'string' || best.cost < best.rowCost) return best;
  const [cost, rowCost] = [best.cost, best.rowCost].map(milliseconds);
  return `estimated at ${cost}, ${ratio(best.cost, best.rowCost)} times the ${rowCost} of ${own}`;
}

/** The blocks of least cost, however fast that is, or in words why there are none. */
export function layerFftLayout(plan: Plan): LayerFftPlan | string {
  const { axes, batch, outside } = plan.convolution;
  if (axes.some(({ stride, upsample }) => stride !== 1 || upsample !== 1))
    return 'blocks of spectra give every output, and a stride takes only some';
  if (axes.some(({ repeat = 1 }) => repeat > 1)) return 'each element of the input is shown several times';
  if (batch === 0 || axes.some(({ input, output }) => input * output === 0))
    return 'there is nothing to compute';
  const best = leastCost(plan, mapAxes(axes, layerAxis), borders[outside]);
  return best ?? 'the scratch is too small for a block, or its bound for the spectra of the weights';
}

/** Nanoseconds and a ratio, in words. */
export const milliseconds = (nanoseconds: number): string =>
  `${Number((nanoseconds / 1e6).toPrecision(2))} ms`;
export const ratio = (one: number, other: number): string => String(Number((one / other).toPrecision(2)));

/** The plan of least cost; none where all are too large. */
function leastCost(plan: Plan, axes: Readonly<PerAxis<LayerAxis>>, border: Border): LayerFftPlan | undefined {
  const [planes, rows, lengths] = axes.map(({ taps, count }, i) =>
    sizesFor(taps, count + taps - 1, i === 2 ? rowSize : columnSize),
  );
  let best: LayerFftPlan | undefined;
  for (const depth of planes)
    for (const height of rows)
      for (const length of lengths) {
        const own = withSizes(plan, axes, border, { length, rows: height, planes: depth });
        const fits = own.scratch <= MOST_BYTES && own.spectra <= MOST_SPECTRA;
        if (fits && !(best && best.cost <= own.cost)) best = own;
      }
  return best;
}

function withSizes(
  plan: Plan,
  axes: Readonly<PerAxis<LayerAxis>>,
  border: Border,
  sizes: BlockSizes,
): LayerFftPlan {
  const { batch, groups, channels, filters } = plan.convolution;
  const { length, rows, planes } = sizes;
  const good = [planes, rows, length].map((size, i) => size - axes[i].taps + 1);
  const blocks = axes.map(({ count }, i) => Math.ceil(count / good[i]));
  const single = channels === 1 && filters === 1;
  const bytes = spectrumBytes(sizes, 'float32');
  const spectra = groups * filters * channels * spectrumStep(sizes, single);
  // the channels' spectra, and the sum of their products with a filter's
  const scratch =
    TRANSFORM_BYTES * 2 +
    blockBytes(sizes, 'float32') +
    workBytes(sizes, 'float32') +
    (single ? 0 : (channels + 1) * bytes) +
    tableBytes(sizes, 'float32') +
    256;
  const points = length * rows * planes;
  const copies = rows * planes === 1 ? 1 : good[2] >= axes[2].count ? planes : rows * planes;
  // a transform is half of there and back, a copy in or out half of both
  const way = (ONE_BY_ONE * points * nanoseconds(sizes, 'float32')) / 2 + COPY * copies + BLOCK;
  const bordered = border === 'nothing' ? 0 : BORDERED * rows * planes;
  const products = MULTIPLIED + (spectra > CACHED_SPECTRA ? FETCHED : 0);
  const finished = FINISHED * product(good.map((outputs, i) => Math.min(outputs, axes[i].count)));
  const sums = single ? 0 : channels * filters * points * products;
  const each = channels * (way + bordered) + sums + filters * (way + finished);
  return {
    plan,
    axes,
    border,
    sizes,
    good,
    blocks,
    single,
    scratch,
    spectra,
    cost: CALL + batch * groups * product(blocks) * each,
    rowCost: QUARTER_CYCLE * estimateOf(plan),
    logSize: Math.log2(points * channels),
  };
}
