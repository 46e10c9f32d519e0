// Block: one part of a plan's work, at addresses: the tasks and tables that the kernels read, and the calls to make.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { present } from '../core/errors.js';
import { combinations, product, sum } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import { type Interval, zerosIn } from '../geometry/intervals.js';
import { type Slice, startsIn } from '../geometry/slice.js';
import { panelsOf } from '../plan/algorithms/winograd-tile.js';
import { FAR_INPUTS, INPUTS_AHEAD } from '../plan/caches.js';
import { microsecondsOf, microsecondsOfInterleaving } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { alongKernels, inKernels, SINGLE_TAPS, type TapSet } from '../plan/tap-sets.js';
import {
  DirectTask,
  FinishTask,
  InsideTask,
  InterleaveTask,
  StageTask,
  SumTask,
  WinogradTask,
} from '../shared/task.js';
import { type Pieces, partOf } from './copies.js';
import { deskAt } from './desk.js';
import { apart, denseLayout, type Layout, layoutOf, movedBy, startOf } from './layout.js';
import type { Call } from './runner.js';
import { type PlacedWindow, placeWindow } from './staging.js';
import { TaskWriter, wordOf } from './task-writer.js';

/** Addresses in wasm memory that a block works with. */
export interface Addresses {
  /** where the block's tasks and tables go */
  readonly tables: number;
  readonly scratch: number;
  readonly weights: number;
  readonly bias: number;
  /** the whole input and output, each -1 where it does not lie in wasm memory */
  readonly input: number;
  readonly output: number;
  /** numbers from one image to the next where these are channels of a larger tensor, else -1 */
  readonly inputStep: number;
  readonly outputStep: number;
  /** where outputs go that are copied from there, if not to their place in the scratch; -1 likewise */
  readonly target?: number;
}

/** Builds a block of a plan. */
export function blockOf(plan: Plan, index: number, addresses: Addresses): Block {
  const { slices, firstImage, images } = partOf(plan, index);
  return new Block(plan, slices, firstImage, images, addresses);
}

/** The words of tasks that hold the addresses of input and output. */
const SOURCE = wordOf(new StageTask(), 'source');
const WINDOW = wordOf(new SumTask(), 'window');
const TARGET = wordOf(new SumTask(), 'target');

/** A block: the slices that it covers, the words to write into memory, and the calls that compute it. */
export class Block {
  readonly calls: Call[] = [];
  /** the address that the input is copied to, and the one that the output is copied from; -1 where kernels read or write in place */
  readonly loaded: number;
  readonly target: number;
  /** the address of the desk, whose first word is set to 1 where an output is not finite */
  readonly desk: number;
  /** the words of memory with the addresses of input and output, which are moved where maps are copied a few at a time */
  readonly inputWord: number;
  readonly targetWord: number;
  /** the address of the task of what is done beside the convolution, which the call fills in */
  readonly finished: number;
  /** what is copied in and out, once it was asked for */
  loads: Pieces | undefined;
  stores: Pieces | undefined;
  /** all tasks and tables */
  readonly words: Int32Array;
  readonly #writer: TaskWriter;
  readonly #parts: number;
  readonly #outputs: Layout;
  readonly #filterTable: number;

  constructor(
    readonly plan: Plan,
    readonly slices: Readonly<PerAxis<Slice>>,
    readonly firstImage: number,
    readonly images: number,
    readonly addresses: Addresses,
  ) {
    const { bytes } = plan;
    this.#writer = new TaskWriter(addresses.tables);
    const { scratch } = addresses;
    const staged = scratch + bytes.stagedAt;
    const { target: elsewhere = -1 } = addresses;
    const target = elsewhere >= 0 ? elsewhere : scratch + bytes.targetAt;
    this.#parts = scratch + bytes.partsAt;
    this.desk = this.#writer.task(deskAt(scratch + bytes.deskAt, bytes.areas));
    this.loaded = addresses.input < 0 ? addresses.scratch : -1;
    this.target = addresses.output >= 0 && plan.inPlace ? -1 : target;
    this.#outputs = this.#outputLayout();
    this.#filterTable = this.#writer.table(plan.tileStarts);

    const source = this.#inputLayout();
    const input = { plan, slices, source, isWhole: addresses.input >= 0, staged };
    const window = placeWindow(input, this.images, this.#writer);
    if (window.staging) this.calls.push({ entry: 'stage', ...window.staging });
    if (plan.interleaved) this.#computeClasses(window);
    else if (plan.turned) this.#computeTurned(window);
    else this.#compute(window, plan.tapSets[0], [0, 0, 0], this.#outputs);
    this.finished = this.#writer.task(new FinishTask());
    this.words = this.#writer.words;

    const { task } = this.calls[0];
    const { stage } = window.fields;
    this.inputWord = stage ? stage / WORD_BYTES + SOURCE : task / WORD_BYTES + WINDOW;
    this.targetWord = task / WORD_BYTES + TARGET;
  }

  /** Where the input lies: in place, or copied. A single block is copied as a whole and keeps its strides; others are copied densely. */
  #inputLayout(): Layout {
    const { plan, addresses, slices, firstImage } = this;
    const { convolution, axes, blocks } = plan;
    const { turned } = plan;
    const sizes = mapAxes(axes, ({ input }) => input);
    if (addresses.input >= 0)
      return movedBy(
        layoutOf(addresses.input, apart(convolution.input, addresses.inputStep), sizes, turned),
        firstImage,
        [0, 0, 0],
      );
    if (blocks === 1) return layoutOf(addresses.scratch, convolution.input, sizes, turned);
    const loaded = mapAxes(slices, (slice) => slice.loaded);
    return denseLayout(addresses.scratch, convolution.groups, convolution.channels, loaded, turned);
  }

  /** Where the output goes: in place, or where it is copied from, likewise. */
  #outputLayout(): Layout {
    const { plan, addresses, slices, firstImage } = this;
    const { convolution, axes, blocks } = plan;
    const { turned } = plan;
    const sizes = mapAxes(axes, ({ output }) => output);
    if (this.target < 0) {
      const start = startOf(slices.map(({ stores }) => stores));
      const strides = apart(convolution.output, addresses.outputStep);
      return movedBy(layoutOf(addresses.output, strides, sizes, turned), firstImage, start);
    }
    if (blocks === 1) return layoutOf(this.target, convolution.output, sizes, turned);
    const stored = mapAxes(slices, (slice) => slice.stored);
    return denseLayout(this.target, convolution.groups, convolution.filters, stored, turned);
  }

  /**
   * The classes of outputs of a transposed convolution: each set of classes that read the same is computed into maps of its own,
   * [image][group][class][filter]. Those without taps are all one set. Then all are interleaved. Where rows are woven
   * while they are computed, the tasks of the classes stand for these maps, and nothing is computed before.
   */
  #computeClasses(window: PlacedWindow): void {
    const { plan, slices, images } = this;
    const { convolution, classes, tapSets } = plan;
    const { groups, filters } = convolution;
    const sizes = mapAxes(slices, ({ count }) => count);
    const part = denseLayout(0, groups, classes * filters, sizes);
    const setBytes = classes * aligned(images * groups * filters * part.map);
    const [depth, height, width] = slices;
    // where the first output of each class lies
    const parts = new Int32Array(product(slices.map(({ covered }) => covered)));
    let number = 0;
    let start = 0;
    const compute = (indices: PerAxis) => {
      const set = number / classes;
      return this.#compute(window, tapSets[set], indices, { ...part, first: this.#parts + set * setBytes });
    };
    for (let d = 0; d < depth.phases.length; d++) {
      for (let h = 0; h < height.phases.length; h++) {
        for (let w = 0; w < width.phases.length; w++, number++) {
          const ofSet = number % classes;
          if (ofSet === 0) start = compute([d, h, w]);
          const { first } = movedBy(part, 0, [depth.leads[d], height.leads[h], width.leads[w]]);
          const row = placeOf(depth, d) * height.covered + placeOf(height, h);
          parts[row * width.covered + placeOf(width, w)] = start + ofSet * filters * part.map + first;
        }
      }
    }
    if (number < parts.length) {
      start = compute([0, 0, 0]);
      for (let i = 0; i < parts.length; i++) parts[i] ||= start;
    }
    const stored = slices.map((slice) => slice.stored);
    this.#interleave(
      stored,
      parts,
      slices.map(({ covered }) => covered),
      this.#isWoven ? layoutOfWindow(window) : part,
    );
  }

  /** Whether rows are computed while they are woven. */
  get #isWoven(): boolean {
    return this.plan.variant.entry === 'interleave';
  }

  /** The outputs of a turned plan: its few rows are woven into one, which is all of a depth in memory. */
  #computeTurned(window: PlacedWindow): void {
    const { plan, slices } = this;
    const { groups, filters } = plan.convolution;
    const sizes = mapAxes(slices, ({ count }) => count);
    const [depth, height, width] = sizes;
    const part = denseLayout(this.#parts, groups, filters, sizes);
    this.#compute(window, plan.tapSets[0], [0, 0, 0], part);
    const rows = Array.from({ length: height }, (_, row) => part.first + row * part.row);
    this.#interleave([depth, 1, height * width], rows, [1, 1, height], part);
  }

  /** Interleaves the classes of outputs, whose first outputs lie at `parts`, as many as phases of each axis; `part` has their strides. */
  #interleave(
    sizes: readonly number[],
    parts: ArrayLike<number>,
    [depthPhases, rowPhases, columnPhases]: readonly number[],
    part: Layout,
  ): void {
    const { plan, images, slices } = this;
    const { groups, filters } = plan.convolution;
    const task = Object.assign(new InterleaveTask(), {
      groups,
      filters,
      ...sizesOf(sizes),
      parts: this.#writer.table(parts),
      depthPhases,
      rowPhases,
      columnPhases,
      partImage: part.image,
      partGroup: part.group,
      partFilter: part.map,
      partDepth: part.depth,
      partRow: part.row,
      ...targetFields(this.#outputs),
      targetDepth: this.#outputs.depth,
      targetRow: this.#outputs.row,
      computes: +this.#isWoven,
    });
    const items = images * groups * filters;
    const counts = mapAxes(slices, ({ count }) => count);
    const microseconds = this.#isWoven
      ? sum(plan.tapSets.map((set) => microsecondsOf(plan, set, images, counts)))
      : microsecondsOfInterleaving(items * product(sizes));
    this.calls.push({ entry: 'interleave', task: this.#writer.task(task), items, microseconds });
  }

  /**
   * Computes outputs into `target`: those of a tap set, whose first class has the phases with these indices.
   * @returns where they go, or the address of the task where they are woven while they are computed
   */
  #compute({ fields, staging }: PlacedWindow, set: TapSet, indices: PerAxis, target: Layout): number {
    const { plan, slices, addresses, images } = this;
    const { convolution, variant } = plan;
    const sizes = mapAxes(slices, ({ count }) => count);
    const task = Object.assign(variant.task(set, images), {
      groups: convolution.groups,
      filters: convolution.filters * plan.classes,
      terms: set.terms,
      ...sizesOf(sizes),
      ...fields,
      tapTable: this.#writer.table(this.#taps(fields, set, indices)),
      weights: addresses.weights + present(plan.weightOffsets.get(set), 'packed weights'),
      bias: addresses.bias,
      packedFilters: plan.tileStarts[plan.filterTiles.length],
      filterTiles: plan.filterTiles.length,
      filterTable: this.#filterTable,
      ...targetFields(target),
    });
    const items = convolution.groups * variant.items(images, sizes);
    if (task instanceof WinogradTask) {
      const panels = panelsOf(present(plan.tile, 'a transform'), sizes, images);
      task.notes = this.#writer.table(new Int32Array(convolution.groups * panels));
    }
    if (task instanceof DirectTask && !staging) task.ahead = this.#ahead(set);
    if (task instanceof InsideTask) task.ranges = this.#writer.table(this.#ranges(set, indices));
    const address = this.#writer.task(task);
    if (this.#isWoven) return address;
    const microseconds = microsecondsOf(plan, set, images, sizes);
    this.calls.push({ entry: variant.entry, task: address, items, microseconds });
    return target.first;
  }

  /** Of how many outputs the inputs are brought together; 0 where they are in a cache, as what was just copied is, or several taps read them. */
  #ahead({ taps, terms }: TapSet): number {
    const { batch, input } = this.plan.convolution;
    const isFar = this.addresses.input >= 0 && batch * input.image >= FAR_INPUTS;
    return isFar && taps === 1 ? Math.ceil(INPUTS_AHEAD / terms) : 0;
  }

  /** The byte offset in the window of a group of each tap of each term, channels outermost. */
  #taps(
    { windowChannel = 0, windowDepth = 0, windowRow = 0 }: PlacedWindow['fields'],
    { taps }: TapSet,
    indices: PerAxis,
  ): Int32Array {
    const { plan, slices } = this;
    const { channels } = plan.convolution;
    const table = new Int32Array(channels * taps);
    if (table.length === 0) return table;
    const order = plan.tile ?? SINGLE_TAPS;
    const strides = [windowDepth, windowRow, FLOAT_BYTES];
    const lists = mapAxes(slices, (slice, axis) => {
      const starts = Float64Array.from(startsIn(slice, indices[axis]));
      return alongKernels(
        starts.map((start) => start * strides[axis]),
        order.kernels[axis],
        (plan.tile?.gaps[axis] ?? 1) * strides[axis],
      );
    });
    const offsets = inKernels(lists, order);
    for (let channel = 0; channel < channels; channel++)
      for (let tap = 0; tap < taps; tap++)
        table[channel * taps + tap] = channel * windowChannel + offsets[tap];
    return table;
  }

  /** The outputs along each axis for which each tap of a channel meets an input. */
  #ranges({ taps }: TapSet, indices: PerAxis): number[] {
    if (taps === 0) return [];
    const ranges = this.slices.map((slice, axis) =>
      [...startsIn(slice, indices[axis])].map((start) => insideOf(slice, start)),
    );
    return combinations(ranges).flatMap((tap) => [
      ...tap.map(({ first }) => first),
      ...tap.map(({ first, count }) => first + count),
    ]);
  }
}

/** The place of a phase among those that a slice covers. */
function placeOf({ phases, covered }: Slice, phase: number): number {
  return phases[phase].first % covered;
}

/** The outputs of a target, as the fields of a task. */
function targetFields({ first, image, group, map }: Layout) {
  return { target: first, targetImage: image, targetGroup: group, targetFilter: map };
}

/** The outputs of a slice for which a tap that begins at a staged position meets an input: neighbours, as the inputs are. */
function insideOf({ positions, count }: Slice, start: number): Interval {
  if (!positions) return { first: 0, count };
  const met = positions.subarray(start, start + count);
  return {
    first: Math.max(
      0,
      met.findIndex((x) => x >= 0),
    ),
    count: count - zerosIn(met),
  };
}

/** A window as a layout: all filters of a group read the same. */
function layoutOfWindow({ fields }: PlacedWindow): Layout {
  const { window = 0, windowImage = 0, windowGroup = 0, windowDepth = 0, windowRow = 0 } = fields;
  return {
    first: window,
    image: windowImage,
    group: windowGroup,
    map: 0,
    depth: windowDepth,
    row: windowRow,
    column: FLOAT_BYTES,
  };
}

/** Sizes along each axis, as the fields of a task. */
function sizesOf([depth, height, width]: readonly number[]) {
  return { depth, height, width };
}
