// Packing: brings weights piece by piece into wasm memory and into the order in which the kernels read them.

import { FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import { tileFields } from '../plan/algorithms/algorithm.js';
import { packedFiltersOf } from '../plan/filter-tiles.js';
import { packedSets, type RawDimension } from '../plan/packing.js';
import type { Plan } from '../plan/plan.js';
import { elementsOf, SINGLE_TAPS, type TapSet } from '../plan/tap-sets.js';
import { PackTask, PackWinogradTask } from '../shared/task.js';
import type { Runner } from './runner.js';
import { TaskWriter, writeTask } from './task-writer.js';

/** The fields of a task that differ from piece to piece. */
type PieceFields = Pick<PackTask, 'raw' | 'firstChannel' | 'endChannel' | 'firstKernel' | 'kernelBytes'>;

/** Groups, channels or filters of a piece: `begin` up to but without `end`. */
interface PieceDimension extends RawDimension {
  readonly begin: number;
  readonly end: number;
}

/**
 * Packs weights.
 * @param to address of the packed weights
 * @param scratch address of room for the piece, and for tasks and tables behind it
 */
export function packWeights(
  engine: Engine,
  plan: Plan,
  weight: Float32Array,
  to: number,
  scratch: number,
  runner: Runner,
): void {
  const { packing, weightOffsets, tileStarts } = plan;
  const writer = new TaskWriter(scratch + packing.bytes);
  const filterTable = writer.table(tileStarts);
  const tasks = packedSets(weightOffsets.keys()).map((set) => {
    const task = Object.assign(newPackTask(plan, set), {
      weights: to + (weightOffsets.get(set) ?? 0),
      filterTable,
      kernelTable: writer.table(kernelOffsets(plan, set)),
      elementTable: writer.table(elementsOf(set, plan.tile ?? SINGLE_TAPS, FLOAT_BYTES)),
    });
    return { task, address: writer.task(task) };
  });
  engine.i32.set(writer.words, writer.address / WORD_BYTES);
  const entry = plan.tile ? 'packWinograd' : 'pack';
  for (const piece of piecesOf(packing.dimensions)) {
    copyPiece(engine.f32, scratch / FLOAT_BYTES, weight, piece, packing.kernel);
    const fields = pieceFields(piece, scratch);
    const [begin, end] = itemsOf(plan, piece);
    for (const { task, address } of tasks) {
      writeTask(Object.assign(task, fields), engine.i32, address);
      runner.run(engine, entry, address, 0, begin, end);
    }
  }
}

/** A task for packing a tap set, without what differs from piece to piece and without addresses. */
function newPackTask(plan: Plan, set: TapSet): PackTask {
  const { terms, termsAtOnce, taps } = set;
  const { convolution, classes, tile, filterTiles, packing } = plan;
  const { channels, filters } = convolution;
  const common = {
    filters: filters * classes,
    channels,
    taps,
    terms,
    termsAtOnce,
    rawGroup: FLOAT_BYTES * dimension(packing.dimensions, 'group').takenStride,
    rawChannel: FLOAT_BYTES * dimension(packing.dimensions, 'channel').takenStride,
    packedFilters: packedFiltersOf(filterTiles),
    filterTiles: filterTiles.length,
  };
  if (!tile) return Object.assign(new PackTask(), common);
  return Object.assign(new PackWinogradTask(), common, tileFields(tile));
}

/** Byte offset of the first kernel element that each filter meets, class by class. */
function kernelOffsets({ convolution, packing }: Plan, { firsts }: TapSet): Int32Array {
  const { filters } = convolution;
  const { takenStride } = dimension(packing.dimensions, 'filter');
  const offsets = new Int32Array(firsts.length * filters);
  let filled = 0;
  for (const first of firsts)
    for (let filter = 0; filter < filters; filter++)
      offsets[filled++] = FLOAT_BYTES * (first + filter * takenStride);
  return offsets;
}

function dimension<D extends RawDimension>(dimensions: readonly D[], of: RawDimension['of']): D {
  return dimensions.find((each) => each.of === of)!;
}

/** All pieces, in the order in which they lie. */
function* piecesOf([first, ...others]: readonly RawDimension[]): Generator<PieceDimension[]> {
  for (let begin = 0; begin < first.count; begin += first.taken) {
    const own = { ...first, begin, end: Math.min(begin + first.taken, first.count) };
    if (others.length === 0) yield [own];
    else for (const rest of piecesOf(others)) yield [own, ...rest];
  }
}

/** Copies a piece of the raw weights into memory, in runs that are as long as they can be. */
function copyPiece(
  memory: Float32Array,
  at: number,
  weight: Float32Array,
  piece: readonly PieceDimension[],
  kernel: number,
): void {
  const copy = (dimensions: readonly PieceDimension[], to: number, from: number, run: number): void => {
    const outer = dimensions.slice(0, -1);
    const last = dimensions.at(-1);
    if (!last) {
      memory.set(weight.subarray(from, from + run), to);
      return;
    }
    const { begin, end, stride, takenStride } = last;
    // neighbours in both are one run
    if (stride === run && takenStride === run) {
      copy(outer, to, from + begin * stride, (end - begin) * run);
      return;
    }
    for (let i = begin; i < end; i++) copy(outer, to + (i - begin) * takenStride, from + i * stride, run);
  };
  copy(piece, at, 0, kernel);
}

/** Where a task finds a piece. Kernels before the piece would lie before it, so addresses may be below zero. */
function pieceFields(piece: readonly PieceDimension[], scratch: number): PieceFields {
  const channel = dimension(piece, 'channel');
  const filter = dimension(piece, 'filter');
  const before = piece.reduce((numbers, { begin, takenStride }) => numbers + begin * takenStride, 0);
  return {
    raw: scratch - FLOAT_BYTES * before,
    firstChannel: channel.begin,
    endChannel: channel.end,
    firstKernel: FLOAT_BYTES * filter.begin * filter.takenStride,
    kernelBytes: FLOAT_BYTES * (filter.end - filter.begin) * filter.takenStride,
  };
}

/** The filter tiles of all groups that may meet a piece: first, and the one behind the last. */
function itemsOf(
  { filterTiles, tileStarts, classes }: Plan,
  piece: readonly PieceDimension[],
): [number, number] {
  const tiles = filterTiles.length;
  const group = dimension(piece, 'group');
  const filter = dimension(piece, 'filter');
  if (classes > 1 || group.end - group.begin > 1) return [group.begin * tiles, group.end * tiles];
  const end = tileStarts.findIndex((start) => start >= filter.end);
  const next = tileStarts.findIndex((start) => start > filter.begin);
  return [group.begin * tiles + next - 1, group.begin * tiles + end];
}
