// The row `depthwise`: one channel a group, plane by plane in the first-level cache.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { least, product } from '../../core/lists.js';
import { type Axis, lastRead, type PerAxis, shownSize } from '../../geometry/axis.js';
import { zerosIn } from '../../geometry/intervals.js';
import { isBlank } from '../../geometry/padding.js';
import { largest, type Slice } from '../../geometry/slice.js';
import type { Convolution } from '../../problem/convolution.js';
import { LANES, LINE, ROW_PIXELS } from '../../shared/sizes.js';
import { LongRowTask, PlaneTask, StagedRowsTask } from '../../shared/task.js';
import { oneByOne } from '../filter-tiles.js';
import type { Algorithm, CutWork, Variant } from './algorithm.js';
import { hasThreeTaps, rowKernels } from './row-kernels.js';

export const depthwise: Algorithm<'depthwise'> = {
  name: 'depthwise',
  reason: 'one channel a group: plane by plane in the first-level cache',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  offer: ({ channels, filters, terms, depth, height, width }) => {
    if (channels !== 1) return `${channels} channels a group`;
    // a row shorter than a vector takes one, and is staged and stored by itself
    const isNarrow = width < LANES;
    const vectors = isNarrow ? depth * height : Math.ceil((depth * height * width) / LANES);
    return {
      // a term of a vector of outputs takes 4 quarter cycles: a load, a product, a sum, and a share in loads of weights and offsets
      cost: vectors * filters * (4 * terms + (isNarrow ? 76 : 8)),
      unwise: filters > 3 ? `${filters} filters a channel share its inputs` : undefined,
    };
  },
  filterTiles: oneByOne,
  variant: (work) => {
    const common = { items: (images: number) => images * work.filterTiles.length };
    const stride = planeStride(work);
    if (stride > 0) return { ...common, ...planes(work, stride) };
    if (readsLongRows(work)) return { ...common, ...longRows(work) };
    const width = least(work.slices[2].map(({ count }) => count));
    return { ...common, ...(width < LANES ? narrowRows(work) : stagedRows(work, width >= ROW_PIXELS)) };
  },
};

/** What differs between the variants: an item is a filter of a channel in all of them. */
type OfOneVariant = Omit<Variant, 'items'>;

/** 3x3 kernels, over planes as they are. */
function planes({ axes: [, height, width] }: CutWork, stride: number): OfOneVariant {
  return {
    entry: 'depthwisePlanes',
    about: 'down columns of planes as they are',
    kernels: [stride === 1 ? 'columns1x4k3x3' : 'columns1x4k3x3s2'],
    pixels: LANES,
    input: 'planes',
    // the row of zeros has a vector more on both sides; the table has one before the first row and one behind the last
    desk: {
      zeroRow: FLOAT_BYTES * width.input + LINE,
      rowTable: WORD_BYTES * (height.input + 2),
      ...(width.output < LANES ? { spareRows: LINE } : {}),
    },
    task: () => Object.assign(new PlaneTask(), { stride }),
  };
}

/** Maps that are one long row, as they are. */
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

/** Rows shorter than a vector, a vector for each. */
function narrowRows(work: CutWork): OfOneVariant {
  return {
    entry: 'depthwiseNarrow',
    about: 'by a vector from each row',
    kernels: ['vectors1x16'],
    pixels: LANES,
    input: 'plane',
    desk: { ...planeOf(work), places: LINE, spareRows: LINE },
    task: () => new StagedRowsTask(),
  };
}

/** The plane that a map is staged in, if it is. */
function planeOf({ slices, turned }: CutWork): Variant['desk'] {
  if (!turned && slices.every((list) => list.every(({ positions }) => positions === null))) return {};
  // staging may write three numbers past the end
  return { plane: FLOAT_BYTES * product(largest(slices, ({ staged }) => staged)) + LINE };
}

/** All other kernels. Each plane is staged right before it is read, unless none of it needs that. */
function stagedRows(work: CutWork, isWide: boolean): OfOneVariant {
  return {
    entry: isWide ? 'depthwiseRows' : 'depthwiseVectors',
    about: isWide ? 'along rows' : 'by vectors from all rows',
    kernels: isWide ? rowKernels(work.tapSets) : ['vectors1x16'],
    pixels: isWide ? ROW_PIXELS : LANES,
    input: 'plane',
    desk: { ...planeOf(work), ...(isWide ? {} : { places: LINE }) },
    task: (set) => Object.assign(new StagedRowsTask(), { threeTaps: +(isWide && hasThreeTaps(set)) }),
  };
}

/** The stride of a 3x3 kernel that can read planes as they are, 1 or 2; else 0. */
function planeStride({ convolution, axes, turned, cuts }: CutWork): number {
  const isWhole = cuts[2].count >= axes[2].output && cuts.every(({ separate }) => !separate);
  return isWhole && !turned && readsPlanes(convolution, axes) ? axes[2].stride : 0;
}

/** Whether planes of a 3x3 kernel can be read as they are: such a kernel meets at most one row and one column of zeros on each side. */
export function readsPlanes(
  { channels, outside }: Convolution,
  [depth, height, width]: Readonly<PerAxis<Axis>>,
): boolean {
  if (channels !== 1) return false;
  if (depth.input !== 1 || depth.output !== 1 || depth.kernel !== 1 || depth.padding !== 0) return false;
  const { stride } = width;
  const fits = [height, width].every(
    (axis) =>
      axis.kernel === 3 &&
      axis.stride === stride &&
      axis.upsample === 1 &&
      shownSize(axis) === axis.input &&
      axis.dilation === 1 &&
      axis.padding >= 0 &&
      axis.padding <= 1 &&
      lastRead(axis) <= axis.input,
  );
  const padded = [height, width].some((axis) => axis.padding > 0 || lastRead(axis) >= axis.input);
  return fits && stride <= 2 && (isBlank(outside) || !padded);
}

/**
 * Whether maps are one long row that is read as it is, without the zeros beside it. Maps of many rows are staged: to compute the ends
 * of each row by themselves took 1.25 times as long for n1 g64 c64 f64 i60x300 k1x5 p0x2.
 */
function readsLongRows({ convolution, axes, turned, slices: [depths, heights, widths] }: CutWork): boolean {
  const [depth, height, width] = axes;
  const isOneRow =
    !turned &&
    depth.input * height.input === 1 &&
    [depths, heights].every((list) =>
      list.every(({ positions, staged, count }) => positions === null && staged === 1 && count === 1),
    );
  // a stride would split the row, and its residues would have to be staged
  if (
    !isOneRow ||
    width.stride * width.upsample !== 1 ||
    shownSize(width) !== width.input ||
    !isBlank(convolution.outside)
  )
    return false;
  const padded = widths.filter(({ positions }) => positions !== null);
  return padded.length > 0 && padded.every(isMostlyInside);
}

/** Whether at most one output in four meets zeros, as their sums are slow. The others must fill a row of the micro-kernel. */
function isMostlyInside({ positions, count }: Slice): boolean {
  const zeros = positions ? zerosIn(positions) : 0;
  return 4 * zeros + ROW_PIXELS <= count;
}
