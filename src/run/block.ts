// Block: one part of a plan's work, at addresses: the tasks and tables that the kernels read, and the calls to make.

import { WORD_BYTES } from '../core/bytes.js';
import { product, sum } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import { microsecondsOf, microsecondsOfInterleaving } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { type Region, regionOf } from '../plan/region.js';
import type { TapSet } from '../plan/tap-sets.js';
import { FinishTask, InterleaveTask, StageTask, SumTask } from '../shared/task.js';
import { type Addresses, inputLayout, outputLayout } from './block-layouts.js';
import { denseLayout, type Layout, movedBy } from './layout.js';
import type { Call } from './runner.js';
import { type Segments, type Side, segmentsOf, wholeTensor } from './segments.js';
import { type PlacedWindow, placeWindow } from './staging.js';
import { sumTask } from './sum-task.js';
import { TaskWriter, wordOf } from './task-writer.js';
import { workspaceAt } from './workspace.js';

/** The words of tasks that hold the addresses of input and output. */
const SOURCE = wordOf(new StageTask(), 'source');
const WINDOW = wordOf(new SumTask(), 'window');
const TARGET = wordOf(new SumTask(), 'target');

/** A block: the region that it covers, the words to write into memory, and the calls that compute it. */
export class Block implements Region {
  readonly slices: Region['slices'];
  readonly firstImage: number;
  readonly images: number;
  readonly calls: Call[] = [];
  /** the address of the copy of the input; -1 where kernels read the input tensor */
  readonly loaded: number;
  /** the address that outputs are copied from; -1 where kernels store them in the output tensor */
  readonly target: number;
  /** the address of the workspace, whose first word is set to 1 where an output is not finite */
  readonly workspace: number;
  /** the words of memory with the addresses of input and output, which change where maps are copied a few at a time */
  readonly inputWord: number;
  readonly targetWord: number;
  /** the addresses of the FinishTasks for inputs and outputs, which every call writes */
  readonly inputFinish: number;
  readonly outputFinish: number;
  /** outputs along each axis that are computed for each class */
  readonly counts: PerAxis;
  /** all tasks and tables */
  readonly words: Int32Array;
  #loads: Segments | undefined;
  #stores: Segments | undefined;
  readonly #writer: TaskWriter;
  readonly #parts: number;
  readonly #outputs: Layout;
  readonly #filterTable: number;

  /** @param index the number of the block */
  constructor(
    readonly plan: Plan,
    index: number,
    readonly addresses: Addresses,
  ) {
    const { bytes } = plan;
    const region = regionOf(plan, index);
    const { slices } = region;
    this.slices = slices;
    this.firstImage = region.firstImage;
    this.images = region.images;
    this.counts = mapAxes(slices, ({ count }) => count);
    this.#writer = new TaskWriter(addresses.tables);
    const { scratch } = addresses;
    const staged = scratch + bytes.stagedAt;
    const { target: elsewhere = -1 } = addresses;
    const target = elsewhere >= 0 ? elsewhere : scratch + bytes.targetAt;
    this.#parts = scratch + bytes.partsAt;
    this.workspace = this.#writer.task(workspaceAt(scratch + bytes.workspaceAt, bytes.areas));
    this.loaded = addresses.input < 0 ? scratch : -1;
    this.target = addresses.output >= 0 && plan.storesDirectly ? -1 : target;
    this.#outputs = outputLayout(this, this.target);
    this.#filterTable = this.#writer.table(plan.tileStarts);

    const source = inputLayout(this);
    const input = { plan, slices, source, isWhole: addresses.input >= 0, staged };
    const window = placeWindow(input, this.images, this.#writer);
    if (window.staging) this.calls.push({ entry: 'stage', ...window.staging });
    if (plan.interleaved || plan.turned) this.#computeClasses(window);
    else this.#compute(window, plan.tapSets[0], [0, 0, 0], this.#outputs);
    this.inputFinish = this.#writer.task(new FinishTask());
    this.outputFinish = this.#writer.task(new FinishTask());
    this.words = this.#writer.words;

    const { task } = this.calls[0];
    const stage = window.staging?.task ?? window.fields?.stage;
    this.inputWord = stage ? stage / WORD_BYTES + SOURCE : task / WORD_BYTES + WINDOW;
    this.targetWord = task / WORD_BYTES + TARGET;
  }

  /** What is copied of the input. */
  get loads(): Segments {
    return (this.#loads ??= this.#copies('input'));
  }

  /** What is copied to the output. */
  get stores(): Segments {
    return (this.#stores ??= this.#copies('output'));
  }

  #copies(side: Side): Segments {
    const { plan } = this;
    return plan.blocks > 1 ? segmentsOf(plan, this, side) : wholeTensor(plan.convolution, side);
  }

  /**
   * Computes the classes of outputs of a transposed convolution into maps [image][group][class][filter], the parts: a set of classes that
   * read the same at a time; all classes without taps are one. Then all are interleaved. If `interleave` computes the classes itself, it takes
   * their tasks instead of the parts.
   */
  #computeClasses(window: PlacedWindow): void {
    const { plan, slices } = this;
    const { convolution, classes, tapSets } = plan;
    const { groups, filters } = convolution;
    const part = denseLayout(0, groups, classes * tapSets.length * filters, this.counts);
    const [depth, height, width] = slices;
    // the place of each phase among those that its slice covers, including those without taps
    const [depths, heights, widths] = slices.map(({ phases, covered }) =>
      phases.map(({ first }) => first % covered),
    );
    const covered = slices.map((slice) => slice.covered);
    // where the first output of each class lies
    const parts = new Int32Array(product(covered));
    let number = 0;
    let start = 0;
    const compute = (indices: PerAxis) => {
      const first = this.#parts + number * filters * part.map;
      return this.#compute(window, tapSets[number / classes], indices, { ...part, first });
    };
    for (let d = 0; d < depths.length; d++) {
      for (let h = 0; h < heights.length; h++) {
        for (let w = 0; w < widths.length; w++, number++) {
          const ofSet = number % classes;
          if (ofSet === 0) start = compute([d, h, w]);
          const { first } = movedBy(part, 0, [depth.leads[d], height.leads[h], width.leads[w]]);
          const row = depths[d] * height.covered + heights[h];
          parts[row * width.covered + widths[w]] = start + ofSet * filters * part.map + first;
        }
      }
    }
    if (number < parts.length) {
      start = compute([0, 0, 0]);
      for (let i = 0; i < parts.length; i++) parts[i] ||= start;
    }
    const stored = slices.map((slice) => slice.stored);
    if (plan.turned) this.#interleaveColumns(stored, parts, covered, part);
    // classes that are not computed yet are the window itself, of which all filters of a group read the same
    else this.#interleave(stored, parts, covered, plan.fusedInterleave ? { ...window.layout, map: 0 } : part);
  }

  /** Interleaves the parts of a turned plan. Its rows are columns in memory: each is interleaved like a class, and they make up one row, a plane. */
  #interleaveColumns(
    [depth, height, width]: readonly number[],
    parts: Int32Array,
    [depths, rows, columns]: readonly number[],
    part: Layout,
  ): void {
    const lines: number[] = [];
    for (let d = 0; d < depths; d++)
      for (let w = 0; w < columns; w++)
        for (let row = 0; row < height; row++)
          lines.push(parts[(d * rows + (row % rows)) * columns + w] + Math.floor(row / rows) * part.row);
    this.#interleave([depth, 1, height * width], lines, [depths, 1, columns * height], part);
  }

  /** Interleaves classes of outputs: one for each combination of phases. Their first outputs lie at `parts`, with the strides of `part`. */
  #interleave(
    [depth, height, width]: readonly number[],
    parts: ArrayLike<number>,
    [depthPhases, rowPhases, columnPhases]: readonly number[],
    part: Layout,
  ): void {
    const { plan, images, counts } = this;
    const { groups, filters } = plan.convolution;
    const task = Object.assign(new InterleaveTask(), {
      groups,
      filters,
      depth,
      height,
      width,
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
      computes: +plan.fusedInterleave,
    });
    const items = images * groups * filters;
    const microseconds = plan.fusedInterleave
      ? sum(plan.tapSets.map((set) => microsecondsOf(plan, set, images, counts)))
      : microsecondsOfInterleaving(items * depth * height * width);
    this.calls.push({ entry: 'interleave', task: this.#writer.task(task), items, microseconds });
  }

  /**
   * Computes the outputs of a tap set into `target`.
   * @param indices the phases of the set's first class
   * @returns the address of these outputs; where `interleave` computes them, that of the task
   */
  #compute(window: PlacedWindow, set: TapSet, indices: PerAxis, target: Layout): number {
    const { plan, images, counts } = this;
    const task = Object.assign(sumTask(this, window, set, indices, this.#writer), {
      filterTable: this.#filterTable,
      ...targetFields(target),
    });
    const address = this.#writer.task(task);
    if (plan.fusedInterleave) return address;
    const items = plan.convolution.groups * plan.variant.items(images, counts);
    const microseconds = microsecondsOf(plan, set, images, counts);
    this.calls.push({ entry: plan.variant.entry, task: address, items, microseconds });
    return target.first;
  }
}

/** The outputs of a target, as the fields of a task. */
function targetFields({ first, image, group, map }: Layout) {
  return { target: first, targetImage: image, targetGroup: group, targetFilter: map };
}
