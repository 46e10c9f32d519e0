// Products for the specs of gemm and direct: the operands of a task whose terms are the taps of some channels.

import { pack } from '../../assembly/weights/pack';
import { PackTask, SumTask, Workspace } from '../../src/shared/task';
import { below, block, get, integers, put, reals, table } from './memory';
import { allocateTarget, fillWindow, Sum, sumInPlace, writeBias } from './sums';
import { kernelsOf, Tiles } from './tiles';

export const GROUPS = 2;

/** Channels, and outputs along each axis. */
export class Form {
  taps: i32 = 2;

  constructor(
    public channels: i32,
    public depth: i32,
    public height: i32,
    public width: i32,
  ) {}
}

/** Gives a task operands, with empty outputs. Its weights are packed in blocks of `termsAtOnce` terms. */
export function prepare(
  task: SumTask,
  form: Form,
  filters: i32,
  tiles: Tiles,
  termsAtOnce: i32,
  whole: bool,
): Sum {
  task.groups = GROUPS;
  task.filters = filters;
  task.terms = form.taps * form.channels;
  task.depth = form.depth;
  task.height = form.height;
  task.width = form.width;
  task.packedFilters = tiles.packed;
  task.filterTiles = tiles.count;
  task.filterTable = tiles.table;

  const row = form.width + 2;
  const plane = row * (form.height + 1) + below(3);
  task.windowRow = row << 2;
  task.windowDepth = plane << 2;
  const window = fillWindow(task, form.channels, plane * form.depth, whole);
  const taps: i32[] = [];
  for (let channel = 0; channel < form.channels; channel++) {
    for (let tap = 0; tap < form.taps; tap++)
      taps.push(channel * window.map + ((below(2) * row + below(3)) << 2));
  }
  task.tapTable = <i32>table(taps);
  writeBias(task);

  const sum = sumInPlace(task);
  sum.weights = packed(task, form, termsAtOnce, whole);
  allocateTarget(task, sum);
  return sum;
}

/** Packs weights for a task. Returns them in plain order. */
function packed(task: SumTask, form: Form, termsAtOnce: i32, whole: bool): usize {
  const count = GROUPS * task.filters * task.terms;
  const kernel = form.taps << 2;
  const packing = new PackTask();
  packing.filters = task.filters;
  packing.channels = form.channels;
  packing.taps = form.taps;
  packing.terms = task.terms;
  packing.termsAtOnce = termsAtOnce;
  packing.raw = <i32>(whole ? integers(count) : reals(count));
  packing.rawGroup = task.filters * form.channels * kernel;
  packing.rawChannel = kernel;
  packing.kernelTable = <i32>table(kernelsOf(task.filters, form.channels * kernel));
  takeAll(packing);
  const elements: i32[] = [];
  for (let tap = 0; tap < form.taps; tap++) elements.push(tap << 2);
  packing.elementTable = <i32>table(elements);
  packing.packedFilters = task.packedFilters;
  packing.filterTiles = task.filterTiles;
  packing.filterTable = task.filterTable;
  task.weights = <i32>block(GROUPS * task.packedFilters * task.terms);
  packing.weights = task.weights;
  pack(packing, new Workspace(), 0, GROUPS * task.filterTiles);

  const plain = block(count);
  let to = 0;
  for (let group = 0; group < GROUPS; group++) {
    for (let filter = 0; filter < task.filters; filter++) {
      const from = packing.raw + group * packing.rawGroup + load<i32>(packing.kernelTable + filter * 4);
      for (let term = 0; term < task.terms; term++, to++) put(plain, to, get(from, term));
    }
  }
  return plain;
}

/** Makes all weights one piece. */
export function takeAll(packing: PackTask): void {
  packing.firstChannel = 0;
  packing.endChannel = packing.channels;
  packing.firstKernel = 0;
  packing.kernelBytes = i32.MAX_VALUE;
}
