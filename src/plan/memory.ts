// Memory: the bytes of a plan, and where the areas of its scratch begin.

import { aligned, FLOAT_BYTES } from '../core/bytes.js';
import { product, sum } from '../core/lists.js';
import type { Axis } from '../geometry/axis.js';
import { isAlwaysStaged, isStaged, largest, type Slice, type Slices } from '../geometry/slice.js';
import { type Convolution, isDense } from '../problem/convolution.js';
import { LANES, LINE } from '../shared/sizes.js';
import type { CutWork, Variant, WorkspaceBytes } from './algorithms/algorithm.js';
import { COPIED_BYTES, MOST_MAP_BYTES } from './caches.js';

/** The wasm memory of a plan: scratch for its largest block, and packed weights. */
export interface PlanBytes {
  /** the inputs of a block as they are copied in, and as they are staged */
  readonly loaded: number;
  readonly staged: number;
  /** the outputs of a block, and the classes of outputs before they are interleaved */
  readonly target: number;
  readonly parts: number;
  /** each area of a workspace */
  readonly areas: WorkspaceBytes;
  /**
   * Where these begin in the scratch. The loaded inputs and the target come first: a call that copies neither, because both tensors are
   * resident, needs no memory for what lies before the staged inputs
   */
  readonly stagedAt: number;
  readonly targetAt: number;
  readonly partsAt: number;
  readonly workspaceAt: number;
  /** a piece of the raw weights, with the tasks and tables of packing; it uses the scratch before the blocks do */
  readonly packing: number;
  /** all areas of a block, or `packing` if that is more */
  readonly scratch: number;
  readonly weights: number;
}

/**
 * The bytes of a plan. Its scratch suffices for every block.
 * @param mapsAtOnce as in `Plan`
 * @param classes parts that are interleaved
 */
export function planBytesOf(
  { convolution, images, slices, turned }: Pick<CutWork, 'convolution' | 'images' | 'slices' | 'turned'>,
  variant: Pick<Variant, 'input' | 'workspace'>,
  mapsAtOnce: number,
  classes: number,
  { packing, weights }: Pick<PlanBytes, 'packing' | 'weights'>,
): PlanBytes {
  const inMap = (numberOf: (slice: Slice) => number) => product(largest(slices, numberOf));
  const groups = mapsAtOnce || images * convolution.groups;
  const inputMaps = groups * convolution.channels;
  const outputMaps = groups * convolution.filters;
  const loaded = FLOAT_BYTES * inputMaps * inMap((slice) => slice.loaded);
  // channelStride adds less than a line
  const bytesOfStaged = FLOAT_BYTES * inMap((slice) => slice.staged) + LINE;
  const staged = variant.input === 'window' && (turned || isStaged(slices)) ? inputMaps * bytesOfStaged : 0;
  const target = FLOAT_BYTES * outputMaps * inMap((slice) => slice.stored);
  const part = aligned(FLOAT_BYTES * outputMaps * inMap((slice) => slice.count));
  const parts = classes * part;
  const areas = variant.workspace;
  // outputs may overwrite the loaded inputs once these are staged
  const overwrites = staged > 0 && (turned || isAlwaysStaged(slices));
  const targetAt = overwrites ? 0 : aligned(loaded);
  const stagedAt = aligned(Math.max(loaded, targetAt + target));
  const partsAt = stagedAt + aligned(staged);
  const workspaceAt = partsAt + aligned(parts);
  const scratch = Math.max(workspaceAt + workspaceBytes(areas), packing);
  return {
    loaded,
    staged,
    target,
    parts,
    areas,
    stagedAt,
    targetAt,
    partsAt,
    workspaceAt,
    packing,
    scratch,
    weights,
  };
}

/** Bytes of all areas of a workspace, each from a cache line on. */
export function workspaceBytes(areas: WorkspaceBytes): number {
  return sum(Object.values(areas).map(aligned));
}

/** Whether the outputs of each block are contiguous in the maps of the output. */
export function areStoredTogether(axes: readonly Axis[], slices: Slices): boolean {
  const [depths, heights, widths] = slices;
  const single = (list: readonly Slice[]) => list.every(({ stored }) => stored === 1);
  const whole = (list: readonly Slice[], axis: Axis) => list.every(({ stored }) => stored === axis.output);
  if (!slices.every((list) => list.every(({ stores }) => stores.length === 1))) return false;
  return single(depths)
    ? single(heights) || whole(widths, axes[2])
    : whole(heights, axes[1]) && whole(widths, axes[2]);
}

/** How many maps fit a cache together, for variants that compute map by map; 0 where all maps fit, or a single one is too large. */
export function mapsAtOnceOf(convolution: Convolution): number {
  const { batch, groups, input, output } = convolution;
  if (!isDense(convolution)) return 0;
  // of a group's maps, which follow one another
  const bytes = FLOAT_BYTES * (input.group + output.group);
  if (batch * groups * bytes <= COPIED_BYTES || bytes > MOST_MAP_BYTES) return 0;
  const maps = Math.ceil(COPIED_BYTES / bytes);
  // whole fours, which some variants compute together
  return maps - (maps % LANES) || maps;
}
