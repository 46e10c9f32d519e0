// Packing: copies weights piece by piece into wasm memory and packs them in the order in which the kernels read them.

import { FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import { tileFields } from '../plan/algorithms/algorithm.js';
import { type Piece, packedSets, piecesOf } from '../plan/packing.js';
import type { Plan } from '../plan/plan.js';
import { elementsOf, type TapSet } from '../plan/tap-sets.js';
import { SINGLE_TAPS } from '../plan/transform-kernels.js';
import { PackTask, PackWinogradTask } from '../shared/task.js';
import { runners } from './runner.js';
import { TaskWriter, writeTask } from './task-writer.js';

/**
 * Packs weights.
 * @param to the address of the packed weights
 * @param scratch the address of a buffer for a piece, followed by tasks and tables
 */
export function packWeights(
  engine: Engine,
  plan: Plan,
  weight: Float32Array,
  to: number,
  scratch: number,
): void {
  const { packing, tapSets, tileStarts } = plan;
  const writer = new TaskWriter(scratch + packing.bytes);
  const filterTable = writer.table(tileStarts);
  const tasks = packedSets(tapSets).map((set) => {
    const task = Object.assign(newPackTask(plan, set), {
      weights: to + set.weights,
      filterTable,
      kernelTable: writer.table(kernelOffsets(plan, set)),
      elementTable: writer.table(elementsOf(set, plan.tile ?? SINGLE_TAPS, FLOAT_BYTES)),
    });
    return { task, address: writer.task(task) };
  });
  engine.i32.set(writer.words, writer.address / WORD_BYTES);
  const entry = plan.tile ? 'packWinograd' : 'pack';
  const { filter } = plan.convolution.weight;
  for (const piece of piecesOf(packing)) {
    const { first, count } = piece.numbers;
    engine.f32.set(weight.subarray(first, first + count), scratch / FLOAT_BYTES);
    const fields: Partial<PackTask> = {
      // the address of the first number if all were copied, so it may be below zero
      raw: scratch - FLOAT_BYTES * first,
      firstChannel: piece.channel.first,
      endChannel: piece.channel.first + piece.channel.count,
      firstKernel: FLOAT_BYTES * filter * piece.filter.first,
      kernelBytes: FLOAT_BYTES * filter * piece.filter.count,
    };
    const [begin, end] = itemsOf(plan, piece);
    for (const { task, address } of tasks) {
      writeTask(Object.assign(task, fields), engine.i32, address);
      runners.current.run(engine, entry, address, 0, begin, end);
    }
  }
}

/** A task for packing a tap set, without addresses and the fields that differ from piece to piece. */
function newPackTask(plan: Plan, set: TapSet): PackTask {
  const { terms, termsAtOnce, taps } = set;
  const { convolution, classes, tile, filterTiles, packedFilters } = plan;
  const { channels, filters, weight } = convolution;
  const common = {
    filters: filters * classes,
    channels,
    taps,
    terms,
    termsAtOnce,
    rawGroup: FLOAT_BYTES * weight.group,
    rawChannel: FLOAT_BYTES * weight.channel,
    packedFilters,
    filterTiles: filterTiles.length,
  };
  if (!tile) return Object.assign(new PackTask(), common);
  return Object.assign(new PackWinogradTask(), common, tileFields(tile), { classFilters: filters });
}

/** The byte offset of each filter's first kernel element, class by class. */
function kernelOffsets({ convolution }: Plan, { classes }: TapSet): Int32Array {
  const { filters, weight } = convolution;
  const offsets = new Int32Array(classes.length * filters);
  let filled = 0;
  for (const { first } of classes)
    for (let filter = 0; filter < filters; filter++)
      offsets[filled++] = FLOAT_BYTES * (first + filter * weight.filter);
  return offsets;
}

/** The filter tiles of all groups that a piece may belong to, from the first up to but without the end. */
function itemsOf({ filterTiles, tileStarts, classes }: Plan, { group, filter }: Piece): [number, number] {
  const tiles = filterTiles.length;
  const first = group.first * tiles;
  if (classes > 1 || group.count > 1) return [first, first + group.count * tiles];
  const next = tileStarts.findIndex((start) => start > filter.first);
  const end = tileStarts.findIndex((start) => start >= filter.first + filter.count);
  return [first + next - 1, first + end];
}
