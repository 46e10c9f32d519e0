// The row `depthwise`: one channel a group, plane by plane in the first-level cache.

import { least, most } from '../../core/lists.js';
import type { Axis } from '../../geometry/axis.js';
import type { Slice } from '../../geometry/slice.js';
import { LANES, LINE, ROW_PIXELS } from '../../shared/sizes.js';
import { LongRowTask, PlaneTask, StagedRowsTask } from '../../shared/task.js';
import { oneByOne } from '../filter-tiles.js';
import type { Algorithm, CutWork, Variant } from './algorithm.js';
import { hasThreeTaps, rowKernels } from './rows.js';

export const depthwise: Algorithm<'depthwise'> = {
  name: 'depthwise',
  reason: 'one channel a group: plane by plane in the first-level cache',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  offer: ({ channels, filters, terms, depth, height, width }) => {
    if (channels !== 1) return `${channels} channels a group`;
    if (width < LANES) return `rows of ${width} outputs are shorter than a vector of ${LANES}`;
    return {
      // a vector of outputs takes a load, a product and a sum for each term, and shares loads of weights and offsets with three more
      cost: Math.ceil((depth * height * width) / LANES) * filters * (4 * terms + 8),
      unwise: filters > 3 ? `${filters} filters a channel share its inputs` : undefined,
    };
  },
  filterTiles: oneByOne,
  variant: (work) => {
    const common = { items: () => work.filterTiles.length };
    const stride = planeStride(work);
    if (stride > 0) return { ...common, ...planes(work, stride) };
    if (readsLongRows(work)) return { ...common, ...longRows(work) };
    const sizes = work.slices.map((list) => least(list.map(({ count }) => count)));
    return { ...common, ...stagedRows(work, sizes[2] >= ROW_PIXELS) };
  },
};

type OfOneVariant = Omit<Variant, 'items'>;

/** 3x3 kernels over planes as they are. */
function planes({ axes: [, height, width] }: CutWork, stride: number): OfOneVariant {
  return {
    entry: 'depthwisePlanes',
    about: 'down columns of planes as they are',
    kernels: [stride === 1 ? 'columns1x4k3x3' : 'columns1x4k3x3s2'],
    pixels: LANES,
    input: 'planes',
    // the row has a vector more on both sides; the list a row of zeros before the first and behind the last
    desk: { zeroRow: 4 * width.input + LINE, rowTable: 4 * (height.input + 2) },
    task: () => Object.assign(new PlaneTask(), { stride }),
  };
}

/** Maps of one long row as they are. */
function longRows({ tapSets }: CutWork): OfOneVariant {
  return {
    entry: 'depthwiseLongRows',
    about: 'along rows as they are',
    kernels: rowKernels(tapSets),
    pixels: ROW_PIXELS,
    input: 'rows',
    desk: {},
    task: (set) => Object.assign(new LongRowTask(), { threeTaps: +hasThreeTaps(set) }),
  };
}

/** Everything else: each plane is staged right before it is read, unless it can be read as it is. */
function stagedRows({ slices, tapSets }: CutWork, isWide: boolean): OfOneVariant {
  const isStaged = slices.some((list) => list.some(({ positions }) => positions !== null));
  const plane = slices.reduce((size, list) => size * most(list.map(({ staged }) => staged)), 4) + LINE;
  return {
    entry: isWide ? 'depthwiseRows' : 'depthwiseVectors',
    about: isWide ? 'along rows' : 'by vectors from all rows',
    kernels: isWide ? rowKernels(tapSets) : ['vectors1x16'],
    pixels: isWide ? ROW_PIXELS : LANES,
    input: 'plane',
    desk: { ...(isStaged ? { plane } : {}), ...(isWide ? {} : { places: LINE }) },
    task: (set) => Object.assign(new StagedRowsTask(), { threeTaps: +(isWide && hasThreeTaps(set)) }),
  };
}

/** 1 or 2 where a 3x3 kernel of that stride can read planes as they are: at most one row and column of zeros on each side. */
function planeStride({ convolution, axes: [depth, height, width], cuts }: CutWork): number {
  if (depth.input !== 1 || depth.kernel !== 1 || depth.padding !== 0) return 0;
  const { stride } = width;
  const last = (axis: Axis) => stride * (axis.output - 1) + 2 - axis.padding;
  const fits = [height, width].every(
    (axis) =>
      axis.kernel === 3 &&
      axis.stride === stride &&
      axis.upsample === 1 &&
      axis.dilation === 1 &&
      axis.padding >= 0 &&
      axis.padding <= 1 &&
      last(axis) <= axis.input,
  );
  const padded = [height, width].some((axis) => axis.padding > 0 || last(axis) >= axis.input);
  const whole = cuts[2].count >= width.output && cuts.every(({ separate }) => !separate);
  return fits && whole && stride <= 2 && (convolution.paddingMode === 'zeros' || !padded) ? stride : 0;
}

/**
 * Whether maps are one long row that can be read as it is, its zeros imagined. Maps of many rows are staged: windows at the ends of
 * each row took 1.25 times as long for n1 g64 c64 f64 i60x300 k1x5 p0x2.
 */
function readsLongRows({ convolution, axes, slices: [depths, heights, widths] }: CutWork): boolean {
  const [depth, height, width] = axes;
  const isOneRow =
    depth.input * height.input === 1 &&
    [depths, heights].every((list) => list.every(({ staged, count }) => staged === 1 && count === 1));
  // a stride splits the row into parts
  if (!isOneRow || width.stride * width.upsample !== 1 || convolution.paddingMode !== 'zeros') return false;
  const padded = widths.filter(({ positions }) => positions !== null);
  return padded.length > 0 && padded.every(isMostlyInside);
}

/** Sums of outputs that meet zeros are slow: they must be few beside the others. */
function isMostlyInside({ positions, count }: Slice): boolean {
  const zeros = positions?.reduce((sum, x) => sum + +(x < 0), 0) ?? 0;
  return 4 * zeros + ROW_PIXELS <= count;
}
