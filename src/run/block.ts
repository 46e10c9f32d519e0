// Block: one part of a plan's work, at addresses: the tasks and tables that the kernels read, and the calls to make.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { present } from '../core/errors.js';
import { product, sum } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis } from '../geometry/axis.js';
import { isBlank } from '../geometry/padding.js';
import { type Slice, startsIn } from '../geometry/slice.js';
import { panelsOf } from '../plan/algorithms/winograd-tile.js';
import { FAR_INPUTS, INPUTS_AHEAD } from '../plan/caches.js';
import { microsecondsOf, microsecondsOfInterleaving } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { regionOf } from '../plan/region.js';
import type { TapSet } from '../plan/tap-sets.js';
import {
  DirectTask,
  FinishTask,
  InsideTask,
  InterleaveTask,
  StagedRowsTask,
  StageTask,
  SumTask,
  WinogradTask,
} from '../shared/task.js';
import { type Addresses, inputLayout, outputLayout } from './block-layouts.js';
import { denseLayout, type Layout, movedBy } from './layout.js';
import type { Call } from './runner.js';
import { loadedSegments, oneSegment, type Segments, storedSegments } from './segments.js';
import { type PlacedWindow, placeWindow } from './staging.js';
import { insideOf, rowTerms, tapOffsets, tapRanges } from './tap-table.js';
import { TaskWriter, wordOf } from './task-writer.js';
import { workspaceAt } from './workspace.js';

/** Builds a block of a plan. */
export function blockOf(plan: Plan, index: number, addresses: Addresses): Block {
  const { slices, firstImage, images } = regionOf(plan, index);
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
  /** the address of the workspace, whose first word is set to 1 where an output is not finite */
  readonly workspace: number;
  /** the words of memory with the addresses of input and output, which are moved where maps are copied a few at a time */
  readonly inputWord: number;
  readonly targetWord: number;
  /** the addresses of the FinishTasks for inputs and outputs, which every call writes */
  readonly inputFinish: number;
  readonly outputFinish: number;
  #loads: Segments | undefined;
  #stores: Segments | undefined;
  /** outputs along each axis that are computed for each class */
  readonly counts: PerAxis;
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
    this.counts = mapAxes(slices, ({ count }) => count);
    this.#writer = new TaskWriter(addresses.tables);
    const { scratch } = addresses;
    const staged = scratch + bytes.stagedAt;
    const { target: elsewhere = -1 } = addresses;
    const target = elsewhere >= 0 ? elsewhere : scratch + bytes.targetAt;
    this.#parts = scratch + bytes.partsAt;
    this.workspace = this.#writer.task(workspaceAt(scratch + bytes.workspaceAt, bytes.areas));
    this.loaded = addresses.input < 0 ? addresses.scratch : -1;
    this.target = addresses.output >= 0 && plan.storesDirectly ? -1 : target;
    this.#outputs = outputLayout(this, this.target);
    this.#filterTable = this.#writer.table(plan.tileStarts);

    const source = inputLayout(this);
    const input = { plan, slices, source, isWhole: addresses.input >= 0, staged };
    const window = placeWindow(input, this.images, this.#writer);
    if (window.staging) this.calls.push({ entry: 'stage', ...window.staging });
    if (plan.interleaved) this.#computeClasses(window);
    else if (plan.turned) this.#computeTurned(window);
    else this.#compute(window, plan.tapSets[0], [0, 0, 0], this.#outputs);
    this.inputFinish = this.#writer.task(new FinishTask());
    this.outputFinish = this.#writer.task(new FinishTask());
    this.words = this.#writer.words;

    const { task } = this.calls[0];
    const stage = window.staging?.task ?? window.fields.stage;
    this.inputWord = stage ? stage / WORD_BYTES + SOURCE : task / WORD_BYTES + WINDOW;
    this.targetWord = task / WORD_BYTES + TARGET;
  }

  /** What is copied of the input. */
  get loads(): Segments {
    const { plan } = this;
    const { channels } = plan.convolution;
    this.#loads ??=
      plan.blocks > 1 ? loadedSegments(plan, this) : this.#whole(channels, ({ input }) => input);
    return this.#loads;
  }

  /** What is copied to the output. */
  get stores(): Segments {
    const { plan } = this;
    const { filters } = plan.convolution;
    this.#stores ??=
      plan.blocks > 1 ? storedSegments(plan, this) : this.#whole(filters, ({ output }) => output);
    return this.#stores;
  }

  /** A whole tensor with so many maps a group. */
  #whole(maps: number, sizeOf: (axis: Axis) => number): Segments {
    const { batch, groups, axes } = this.plan.convolution;
    return oneSegment(0, batch * groups * maps * product(axes.map(sizeOf)));
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
    const part = denseLayout(0, groups, classes * filters, this.counts);
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
      this.plan.isWoven ? layoutOfWindow(window) : part,
    );
  }

  /** The outputs of a turned plan: its few rows are woven into one, which is all of a depth in memory. */
  #computeTurned(window: PlacedWindow): void {
    const { plan, counts } = this;
    const { groups, filters } = plan.convolution;
    const [depth, height, width] = counts;
    const part = denseLayout(this.#parts, groups, filters, counts);
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
    const { plan, images, counts } = this;
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
      computes: +this.plan.isWoven,
    });
    const items = images * groups * filters;
    const microseconds = this.plan.isWoven
      ? sum(plan.tapSets.map((set) => microsecondsOf(plan, set, images, counts)))
      : microsecondsOfInterleaving(items * product(sizes));
    this.calls.push({ entry: 'interleave', task: this.#writer.task(task), items, microseconds });
  }

  /**
   * Computes outputs into `target`: those of a tap set, whose first class has the phases with these indices.
   * @returns where they go, or the address of the task where they are woven while they are computed
   */
  #compute({ fields, staging }: PlacedWindow, set: TapSet, indices: PerAxis, target: Layout): number {
    const { plan, slices, addresses, images, counts: sizes } = this;
    const { convolution, variant } = plan;
    const task = Object.assign(variant.task(set, images), {
      groups: convolution.groups,
      filters: convolution.filters * plan.classes,
      terms: set.terms,
      ...sizesOf(sizes),
      ...fields,
      tapTable: this.#writer.table(tapOffsets(plan, slices, fields, set, indices)),
      weights: addresses.weights + set.weights,
      bias: addresses.bias,
      packedFilters: plan.packedFilters,
      filterTiles: plan.filterTiles.length,
      filterTable: this.#filterTable,
      ...targetFields(target),
    });
    const items = convolution.groups * variant.items(images, sizes);
    if (task instanceof WinogradTask) {
      const panels = panelsOf(present(plan.tile, 'a transform'), sizes, images);
      task.notes = this.#writer.table(new Int32Array(convolution.groups * panels));
      const [start, next] = startsIn(slices[0], indices[0]);
      // weights are finite, those that are not have other rows: they add nothing to a sum where they meet zeros
      if (task.planes > 1 && next === start + 1 && task.tileDepth === task.depth) {
        const { first, count } = insideOf(slices[0], start, task.livePlanesEnd);
        task.livePlanes = first;
        task.livePlanesEnd = first + count;
      }
    }
    if (task instanceof DirectTask && !staging) task.ahead = this.#ahead(set);
    if (task instanceof InsideTask) task.ranges = this.#writer.table(tapRanges(slices, set, indices));
    // zeros add nothing where weights are finite; three terms have a micro-kernel of their own
    const skipsZeros = !plan.everyTap && isBlank(convolution.outside) && set.terms > 3;
    if (task instanceof StagedRowsTask && skipsZeros && (slices[0].positions || slices[1].positions))
      task.rowTerms = this.#writer.table(rowTerms(slices, set, indices));
    const address = this.#writer.task(task);
    if (this.plan.isWoven) return address;
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
}

/** The place of a phase among those that a slice covers. */
function placeOf({ phases, covered }: Slice, phase: number): number {
  return phases[phase].first % covered;
}

/** The outputs of a target, as the fields of a task. */
function targetFields({ first, image, group, map }: Layout) {
  return { target: first, targetImage: image, targetGroup: group, targetFilter: map };
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
