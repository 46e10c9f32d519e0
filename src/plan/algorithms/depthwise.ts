// The row `depthwise`: one channel a group. Each plane stays in the first-level cache while it is computed.

import { FLOAT_BYTES, VECTOR_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { least, product } from '../../core/lists.js';
import { type Axis, inOrder, isPlain, lastRead, type PerAxis } from '../../geometry/axis.js';
import { isBlank } from '../../geometry/padding.js';
import { zerosIn } from '../../geometry/runs.js';
import { isStaged, largest, type Slice, smallest } from '../../geometry/slice.js';
import type { Convolution } from '../../problem/convolution.js';
import { LANES, LEAKY_RELU, LINE, ROW_PIXELS, SHORT_ROWS_BYTES } from '../../shared/sizes.js';
import { LongRowTask, PlaneTask, StagedRowsTask, SumTask } from '../../shared/task.js';
import { oneByOne, partsWanted } from '../filter-tiles.js';
import type { Algorithm, CutWork, Variant } from './algorithm.js';

export const depthwise: Algorithm<'depthwise'> = {
  name: 'depthwise',
  reason: 'one channel a group: plane by plane in the first-level cache',
  mostTerms: Number.POSITIVE_INFINITY,
  compares: false,
  propose: ({ channels, filters, terms, meeting: [deep, high], depth, height, width }) => {
    if (channels !== 1) return `${channels} channels a group`;
    // a row shorter than a vector takes a whole one
    const isNarrow = width < LANES;
    const vectors = isNarrow ? depth * height : Math.ceil((depth * height * width) / LANES);
    return {
      // a term of a vector of outputs takes 4 quarter cycles: a load, a product, a sum, and a share of loading weights and offsets. Terms that meet
      // rows of zeros are skipped, unless rows are computed together
      cost: vectors * filters * (4 * terms * (width < ROW_PIXELS ? 1 : deep * high) + (isNarrow ? 76 : 8)),
      unwise: filters > 3 ? `${filters} filters a channel share its inputs` : undefined,
    };
  },
  filterTiles: oneByOne,
  variant: (work) => {
    const { mapParts, ...variant } = variantOf(work);
    return { ...variant, items: (images) => images * work.filterTiles.length * mapParts };
  },
};

/** A variant, whose items are parts of the maps of filters. */
interface DepthwiseVariant extends Omit<Variant, 'items'> {
  /** parts that each map is divided into */
  readonly mapParts: number;
}

/** Chooses the variant: the first that can compute the convolution, fastest first. */
function variantOf(work: CutWork): DepthwiseVariant {
  if (work.fusedInterleave) return interleavedRows;
  const [, , width] = smallest(work.slices, ({ count }) => count);
  const stride = planeStride(work);
  if (stride > 0) return planes(work, stride, width);
  if (readsLongRows(work)) return longRows(work);
  return fillsLanes(work, width) ? lanes(work) : stagedRows(work, width);
}

/** Outputs of a part of a map, at least. */
const LEAST_PART = 1024;

/**
 * Parts that maps are divided into along an axis if there are few maps. Inputs that two parts read are staged for both, and must be less than
 * half of a part.
 */
function mapPartsOf({ images, convolution, filterTiles, slices }: CutWork, axis: number): number {
  const outputs = product(smallest(slices, ({ count }) => count));
  const reaches = slices[axis].map(({ count, staged, runs }) =>
    runs && axis < 2 ? Math.floor(count / (2 * Math.max(1, staged - count))) : Math.floor(count / ROW_PIXELS),
  );
  const most = Math.min(Math.floor(outputs / LEAST_PART), least(reaches));
  return Math.max(1, Math.min(most, partsWanted(images * convolution.groups * filterTiles.length)));
}

/** 3x3 kernels over planes that are read as they are. */
function planes(work: CutWork, stride: number, columns: number): DepthwiseVariant {
  const [, height, width] = work.axes;
  // the vectors of a narrow row overlap the next row
  const mapParts = columns < LANES ? 1 : mapPartsOf(work, 1);
  return {
    entry: 'depthwisePlanes',
    input: 'planesInPlace',
    finishes: LEAKY_RELU,
    // the row of zeros has an extra vector on both sides; the table has an entry before the first row and one behind the last
    workspace: {
      zeroRow: FLOAT_BYTES * width.input + LINE,
      rowTable: WORD_BYTES * (height.input + 2),
      ...(width.output < LANES ? { spareRows: LINE } : {}),
    },
    mapParts,
    task: () => Object.assign(new PlaneTask(), { stride, mapParts }),
  };
}

/** Maps that are one long row, which is read as it is. */
function longRows(work: CutWork): DepthwiseVariant {
  const mapParts = mapPartsOf(work, 2);
  return {
    entry: 'depthwiseLongRows',
    input: 'rowsInPlace',
    workspace: {},
    mapParts,
    task: () => Object.assign(new LongRowTask(), { mapParts }),
  };
}

/** Transposed convolutions with two classes in each row, which are computed and interleaved some rows at a time. */
const interleavedRows: DepthwiseVariant = {
  entry: 'interleave',
  input: 'window',
  workspace: { spareRows: 2 * SHORT_ROWS_BYTES },
  mapParts: 1,
  task: () => new SumTask(),
};

/** Bytes of a map and of its staged plane at most: four of each take half of a second-level cache. */
const MOST_PLANE = 32 << 10;

/** The same for rows of as many outputs as a row tile has: four planes stay in a first-level cache. 0.9 for n1 g144 c144 f144 i56x56 k5x5 s2x2 p2x2. */
const MOST_WIDE_PLANE = 5120;
const WIDE_ROW = 28;

/**
 * Whether maps are computed four at a time. That is faster for rows of up to 28 outputs, except sixteen. Too many lanes would be empty with
 * one, two or five maps, and large maps would not stay in the cache.
 */
function fillsLanes(work: CutWork, width: number): boolean {
  const { images, convolution, filterTiles, axes, turned } = work;
  const maps = images * convolution.groups * filterTiles.length;
  const map = Math.max(FLOAT_BYTES * product(axes.map(({ input }) => input)), planeOf(work).plane ?? 0);
  const most = width < WIDE_ROW ? MOST_PLANE : MOST_WIDE_PLANE;
  return !turned && map <= most && maps > 2 && maps !== 5 && width <= WIDE_ROW && width !== ROW_PIXELS;
}

/** Four maps at a time, one in each lane. */
function lanes(work: CutWork): DepthwiseVariant {
  const { slices, axes } = work;
  const plane = product(largest(slices, ({ staged }) => staged));
  const outputs = product(largest(slices, ({ count }) => count));
  const inputs = product(axes.map(({ input }) => input));
  return {
    entry: 'depthwiseLanes',
    input: 'stagedLanes',
    workspace: {
      plane: VECTOR_BYTES * plane + 2 * LINE,
      fourMaps: VECTOR_BYTES * (inputs + outputs) + 2 * LINE,
      laneWeights: VECTOR_BYTES * product(axes.map(({ kernel }) => kernel)) + 2 * LINE,
    },
    ...stagedTasks(1),
  };
}

/** The area for a staged plane, if planes are staged. */
function planeOf({ slices, turned }: CutWork): Variant['workspace'] {
  if (!turned && !isStaged(slices)) return {};
  // staging may write up to three numbers past the end, and short rows are read a tile past it
  return { plane: FLOAT_BYTES * product(largest(slices, ({ staged }) => staged)) + 2 * LINE };
}

/** All other kernels. Each plane is staged right before it is read, if it has to be. */
function stagedRows(work: CutWork, width: number): DepthwiseVariant {
  return {
    entry: 'depthwiseRows',
    input: 'stagedPlane',
    workspace: { ...planeOf(work), ...(width < ROW_PIXELS ? { spareRows: SHORT_ROWS_BYTES } : {}) },
    ...stagedTasks(mapPartsOf(work, work.axes[0].output > 1 ? 0 : 1)),
  };
}

/** The parts and tasks of a variant that stages planes itself. */
function stagedTasks(mapParts: number) {
  return { mapParts, task: () => Object.assign(new StagedRowsTask(), { mapParts }) };
}

/** The stride, 1 or 2, of a 3x3 kernel that reads planes as they are; 0 for other kernels. */
function planeStride({ convolution, axes, turned, cuts }: CutWork): number {
  const isWhole = cuts[2].count >= axes[2].output && cuts.every(({ separate }) => !separate);
  return isWhole && !turned && readsPlanes(convolution, axes) ? axes[2].stride : 0;
}

/** Whether a 3x3 kernel can read planes as they are: if it meets at most one row and one column of zeros on each side. */
export function readsPlanes(
  { channels, outside }: Convolution,
  [depth, ...inPlane]: Readonly<PerAxis<Axis>>,
): boolean {
  if (channels !== 1) return false;
  if (depth.input !== 1 || depth.output !== 1 || depth.kernel !== 1 || depth.padding !== 0) return false;
  const [height, width] = inPlane.map(inOrder);
  const { stride } = width;
  const fits = [height, width].every(
    (axis) =>
      axis.kernel === 3 &&
      axis.stride === stride &&
      isPlain(axis) &&
      axis.dilation === 1 &&
      axis.padding >= 0 &&
      axis.padding <= 1 &&
      lastRead(axis) <= axis.input,
  );
  const padded = [height, width].some((axis) => axis.padding > 0 || lastRead(axis) >= axis.input);
  return fits && stride <= 2 && (isBlank(outside) || !padded);
}

/**
 * Whether maps are one long row that is read as it is, without zeros around it. Maps of many rows are staged: computing the ends of each row
 * separately took 1.25 times as long for n1 g64 c64 f64 i60x300 k1x5 p0x2.
 */
function readsLongRows({ convolution, axes, turned, slices: [depths, heights, widths] }: CutWork): boolean {
  const [depth, height, width] = axes;
  const isOneRow =
    !turned &&
    depth.input * height.input === 1 &&
    [depths, heights].every((list) =>
      list.every(({ runs, staged, count }) => runs === null && staged === 1 && count === 1),
    );
  // a stride would split the row by residues, which would have to be staged
  if (!isOneRow || width.stride !== 1 || !isPlain(width) || !isBlank(convolution.outside)) return false;
  const padded = widths.filter(({ runs }) => runs !== null);
  return padded.length > 0 && padded.every((slice) => isMostlyInside(slice, width.kernel));
}

/** To sum a product of an output that meets zeros takes as long as to stage so many inputs: 2.4 for n1 g128 c128 f128 i250 k31 p15. */
const STAGED_A_PRODUCT = 5;

/** Whether few outputs meet zeros, which are summed one by one. The others must fill a row of the micro-kernel. */
function isMostlyInside({ runs, count }: Slice, taps: number): boolean {
  const zeros = runs ? zerosIn(runs) : 0;
  return STAGED_A_PRODUCT * taps * zeros + ROW_PIXELS <= count;
}
