// Plans a layer's convolution by FFT: the sizes of blocks, and whether the estimated time is below that of the algorithm that the plan
// would use otherwise.

import { product } from '../../core/lists.js';
import { mapAxes, type PerAxis } from '../../geometry/axis.js';
import type { Outside } from '../../geometry/padding.js';
import { estimateOf, type Plan } from '../../plan/plan.js';
import { columnSize, rowSize } from '../../spectrum/sizes.js';
import { type BlockSizes, tableBytes } from '../../spectrum/tables.js';
import { blockBytes, factorBytes, rowBytes, TRANSFORM_BYTES } from '../../spectrum/transform.js';
import type { Border } from '../../sums/request.js';
import { COPY, MOST_BYTES, nanoseconds, sizesFor } from '../../sums/spectral/plan.js';
import { type LayerAxis, layerAxis } from './axis.js';

/** How a layer is computed by FFT. Lists have an entry for planes, for rows, and for the elements of a row. */
export interface LayerFftPlan {
  readonly plan: Plan;
  readonly axes: Readonly<PerAxis<LayerAxis>>;
  readonly border: Border;
  readonly sizes: BlockSizes;
  /** valid outputs of a block along each axis, and the number of blocks of a map along each axis */
  readonly good: readonly number[];
  readonly blocks: readonly number[];
  /** whether each group has one channel and one filter: a block's spectrum is then multiplied during its transform */
  readonly single: boolean;
  /** bytes of scratch memory, and of the cached spectra of weights */
  readonly scratch: number;
  readonly spectra: number;
  /** estimated nanoseconds of a call, and of a call by the plan's own algorithm */
  readonly cost: number;
  readonly rowCost: number;
  /** log2 of a block's size times channels: |error| <= u · this · Σ over channels of ‖inputs‖₂ ‖kernel‖₂, u = 2^-24 */
  readonly logSize: number;
}

/** The largest size of the weights' spectra, in bytes. */
const MOST_SPECTRA = 64 * 2 ** 20;

/** Bytes of weight spectra that stay in a second-level cache. */
const CACHED_SPECTRA = 2 ** 20;

/** Nanoseconds of a quarter cycle, the unit of the algorithms' estimates. */
const QUARTER_CYCLE = 0.07;

/** Nanoseconds of a multiply-add of a number of a spectrum, and the addition if the weights' spectra come from memory. */
const MULTIPLIED = 0.17;
const FETCHED = 0.2;

/** Nanoseconds of overhead for a call, for a block of a map, and for a row that needs a border other than zeros. */
const CALL = 15_000;
const BLOCK = 1000;
const BORDERED = 800;

/** Single blocks take longer than several side by side, for which the transforms' times were measured. */
const ONE_BY_ONE = 1.2;

/** Nanoseconds for bias and activation of one output. */
const FINISHED = 0.15;

const borders: Readonly<Record<Outside, Border>> = {
  nothing: 'nothing',
  // plans with weights that are not finite use another algorithm, so zeros contribute nothing
  zeros: 'nothing',
  reflect: 'mirror',
  replicate: 'nearest',
  circular: 'wrap',
};

const planned = new WeakMap<Plan, LayerFftPlan | string>();

/** Distance in bytes between the spectra of kernels. */
export function spectrumStep(sizes: BlockSizes, single: boolean): number {
  return (single ? factorBytes : blockBytes)(sizes, 'float32');
}

/** The FFT plan of a convolution, or the reason why FFT is not used. */
export function layerFftPlan(plan: Plan): LayerFftPlan | string {
  let known = planned.get(plan);
  if (known === undefined) planned.set(plan, (known = offerFor(plan)));
  return known;
}

function offerFor(plan: Plan): LayerFftPlan | string {
  const own = plan.choice.algorithm.name;
  if (plan.choice.asked) return `${own} was requested, or was the fastest when the layer was tuned`;
  const best = layerFftLayout(plan);
  if (typeof best === 'string' || best.cost < best.rowCost) return best;
  const [cost, rowCost] = [best.cost, best.rowCost].map(milliseconds);
  return `estimated at ${cost}, ${ratio(best.cost, best.rowCost)} times the ${rowCost} of ${own}`;
}

/** The blocks of least cost, whatever the alternative costs, or the reason why there are none. */
export function layerFftLayout(plan: Plan): LayerFftPlan | string {
  const { axes, batch, outside } = plan.convolution;
  if (axes.some(({ stride, upsample }) => stride !== 1 || upsample !== 1))
    return 'FFT computes every output, but a stride needs only some';
  if (axes.some(({ repeat = 1 }) => repeat > 1)) return 'each input element is repeated';
  if (batch === 0 || axes.some(({ input, output }) => input * output === 0))
    return 'there is nothing to compute';
  const best = leastCost(plan, mapAxes(axes, layerAxis), borders[outside]);
  return best ?? 'a block would exceed the limit of the scratch memory or of the spectra of weights';
}

/** Nanoseconds and a ratio, as text. */
export const milliseconds = (nanoseconds: number): string =>
  `${Number((nanoseconds / 1e6).toPrecision(2))} ms`;
export const ratio = (one: number, other: number): string => String(Number((one / other).toPrecision(2)));

/** The plan of least cost; undefined if all exceed the memory limits. */
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
  const bytes = blockBytes(sizes, 'float32');
  const spectra = groups * filters * channels * spectrumStep(sizes, single);
  // spectra of all channels, and the sum of their products with the spectra of a filter
  const scratch =
    TRANSFORM_BYTES * 2 +
    bytes +
    rowBytes(sizes, 'float32') +
    (single ? 0 : (channels + 1) * bytes) +
    tableBytes(sizes, 'float32') +
    256;
  const points = length * rows * planes;
  const copies = rows * planes === 1 ? 1 : good[2] >= axes[2].count ? planes : rows * planes;
  // the measured times are for a forward and an inverse transform, and for copies in and out: half of them for each direction
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
