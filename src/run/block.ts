// Block: one piece of a plan's work. Writes the tasks and tables that the kernels read, and lists the calls to make.

import { aligned } from '../core/bytes.js';
import { combinations, most, product } from '../core/lists.js';
import type { PerAxis } from '../geometry/axis.js';
import { runsOf } from '../geometry/intervals.js';
import type { Slice } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import { inKernels, tapSetName } from '../plan/tap-sets.js';
import { CHUNK } from '../shared/sizes.js';
import { ActivateTask, Desk, InterleaveTask, StageTask, SumTask } from '../shared/task.js';
import { deskAt } from './desk.js';
import { denseLayout, type Layout, layoutOf, movedBy, startOf } from './layout.js';
import type { Call } from './runner.js';
import { type PlacedWindow, placeWindow } from './staging.js';
import { TaskWriter, wordOf, wordsOf } from './task-writer.js';

/** Addresses in wasm memory that a block works with. */
export interface Addresses {
  /** where tasks and tables go */
  readonly tables: number;
  readonly scratch: number;
  readonly weights: number;
  readonly bias: number;
  /** the whole input or output, where it lies in wasm memory; -1 where it does not */
  readonly input: number;
  readonly output: number;
}

/** Builds a block. */
export function blockOf(plan: Plan, index: number, at: Addresses): Block {
  let rest = index;
  const next = (list: readonly Slice[]) => {
    const slice = list[rest % list.length];
    rest = Math.floor(rest / list.length);
    return slice;
  };
  const [depths, heights, widths] = plan.slices;
  const width = next(widths);
  const height = next(heights);
  const depth = next(depths);
  return new Block(plan, [depth, height, width], rest * plan.images, at);
}

/** Upper bound of the bytes that the tasks and tables of any block of a plan take. */
export function tableBytes(plan: Plan): number {
  const staged = (list: readonly Slice[]) => most(list.map((slice) => slice.staged));
  const [depths, heights, widths] = plan.slices;
  const runs = most(widths.map(({ positions }) => (positions ? runsOf(positions).length : 1)));
  const classes = plan.slices.reduce(
    (count, list) => count * most(list.map((slice) => slice.counts.length)),
    1,
  );
  const [anySet] = plan.tapSets.values();
  const sum = anySet ? wordsOf(plan.variant.task(anySet)) : 0;
  const taps = most([...plan.tapSets.values()].map(({ offsets }) => offsets.length));
  const words =
    wordsOf(new Desk()) +
    wordsOf(new StageTask()) +
    (staged(depths) + staged(heights) + 4 * runs) +
    plan.tileStarts.length +
    classes * (sum + plan.convolution.channels * taps) +
    (wordsOf(new InterleaveTask()) + classes) +
    wordsOf(new ActivateTask());
  return 4 * words;
}

/** A block: the slices it covers, what to write into memory, and the calls that compute it. */
export class Block {
  readonly calls: Call[] = [];
  readonly images: number;
  /** where the input has to be copied to, and the output from; -1 where kernels read and write them in place */
  readonly loaded: number;
  readonly target: number;
  /** where the desk lies, whose first word is set to 1 where an output is not finite */
  readonly desk: number;
  /** words that hold the addresses which move where maps are copied a few at a time */
  readonly inputWord: number;
  readonly targetWord: number;
  /** an activation of the result: its task, and the items of it */
  readonly finished: Omit<Call, 'entry'>;
  readonly #writer: TaskWriter;
  readonly #parts: number;
  readonly #outputs: Layout;
  readonly #filterTable: number;

  constructor(
    readonly plan: Plan,
    readonly slices: readonly [Slice, Slice, Slice],
    readonly firstImage: number,
    readonly at: Addresses,
  ) {
    const { bytes, convolution } = plan;
    this.images = Math.min(plan.images, convolution.batch - firstImage);
    this.#writer = new TaskWriter(at.tables);
    const staged = at.scratch + aligned(bytes.loaded);
    const target = staged + aligned(bytes.staged) + bytes.gap;
    this.#parts = target + aligned(bytes.target);
    this.desk = this.#writer.task(deskAt(this.#parts + aligned(bytes.parts), bytes.areas));
    this.loaded = at.input < 0 ? at.scratch : -1;
    this.target = at.output >= 0 && plan.inPlace ? -1 : target;
    this.#outputs = this.#outputLayout();
    this.#filterTable = this.#writer.table(plan.tileStarts);

    const source = this.#inputLayout();
    const input = { plan, slices, source, isWhole: at.input >= 0, staged };
    const window = placeWindow(input, this.images, this.#writer);
    if (window.staging) this.calls.push({ entry: 'stage', ...window.staging });
    if (plan.interleaved) this.#computeClasses(window);
    else this.#compute(window, [0, 0, 0], this.#outputs);
    this.finished = this.#activation();

    const { task } = this.calls[0];
    const { stage } = window.fields;
    this.inputWord = stage
      ? stage / 4 + wordOf(new StageTask(), 'source')
      : task / 4 + wordOf(new SumTask(), 'window');
    this.targetWord = task / 4 + wordOf(new SumTask(), 'target');
  }

  get words(): Int32Array {
    return this.#writer.words;
  }

  /** A tensor that is one block is copied as a whole, and keeps its strides; of others dense pieces are copied. */
  #inputLayout(): Layout {
    const { plan, at, slices, firstImage } = this;
    const { convolution, axes, blocks } = plan;
    const sizes = axes.map(({ input }) => input);
    if (at.input >= 0) return movedBy(layoutOf(at.input, convolution.input, sizes), firstImage, [0, 0, 0]);
    if (blocks === 1) return layoutOf(at.scratch, convolution.input, sizes);
    const loaded = slices.map((slice) => slice.loaded);
    return denseLayout(at.scratch, convolution.groups, convolution.channels, loaded);
  }

  #outputLayout(): Layout {
    const { plan, at, slices, firstImage } = this;
    const { convolution, axes, blocks } = plan;
    const sizes = axes.map(({ output }) => output);
    if (this.target < 0) {
      const start = startOf(slices.map(({ stores }) => stores));
      return movedBy(layoutOf(at.output, convolution.output, sizes), firstImage, start);
    }
    if (blocks === 1) return layoutOf(this.target, convolution.output, sizes);
    const stored = slices.map((slice) => slice.stored);
    return denseLayout(this.target, convolution.groups, convolution.filters, stored);
  }

  /** A transposed convolution: classes of outputs that read the same are computed as more filters, then all are woven together. */
  #computeClasses(window: PlacedWindow): void {
    const { slices, images } = this;
    const { convolution, classes } = this.plan;
    const { groups, filters } = convolution;
    const sizes = slices.map(({ count }) => count);
    // the maps of one set of classes: [image][group][class][filter]
    const part = denseLayout(0, groups, classes * filters, sizes);
    const partBytes = aligned(images * groups * filters * part.map);
    const parts: number[] = [];
    let first = this.#parts;
    for (const which of combinations(slices.map(({ leads }) => [...leads.keys()]))) {
      const place = parts.length % classes;
      if (place === 0) {
        first = this.#parts + parts.length * partBytes;
        this.#compute(window, which as PerAxis, { ...part, first });
      }
      const lead = which.map((phase, axis) => slices[axis].leads[phase]);
      parts.push(movedBy({ ...part, first: first + place * filters * part.map }, 0, lead).first);
    }
    const task = Object.assign(new InterleaveTask(), {
      groups,
      filters,
      ...sizesOf(slices.map(({ stored }) => stored)),
      parts: this.#writer.table(parts),
      depthPhases: slices[0].leads.length,
      rowPhases: slices[1].leads.length,
      columnPhases: slices[2].leads.length,
      partImage: part.image,
      partGroup: part.group,
      partFilter: part.map,
      partDepth: part.depth,
      partRow: part.row,
      ...this.#targetFields(this.#outputs),
      targetDepth: this.#outputs.depth,
      targetRow: this.#outputs.row,
    });
    this.calls.push({ entry: 'interleave', task: this.#writer.task(task), items: images * groups * filters });
  }

  /** One set of classes of outputs at `target`; `which` are the phases of the first. */
  #compute({ fields }: PlacedWindow, which: PerAxis, target: Layout): void {
    const { plan, slices, at, images } = this;
    const { convolution, variant, tileStarts } = plan;
    const sizes = slices.map(({ count }) => count) as PerAxis;
    const phases = slices.map((slice, axis) => slice.phases[which[axis]]);
    const set = plan.tapSets.get(tapSetName(phases));
    if (!set) throw new Error(`no packed weights for the taps ${tapSetName(phases)} of ${plan.line}`);
    const task = Object.assign(variant.task(set), {
      groups: convolution.groups,
      filters: convolution.filters * plan.classes,
      terms: set.terms,
      ...sizesOf(sizes),
      ...fields,
      tapTable: this.#writer.table(this.#taps(fields, which)),
      weights: at.weights + (plan.weightOffsets.get(set) as number),
      bias: at.bias,
      packedFilters: tileStarts[tileStarts.length - 1],
      filterTiles: plan.filterTiles.length,
      filterTable: this.#filterTable,
      ...this.#targetFields(target),
    });
    const items = images * convolution.groups * variant.items(sizes);
    this.calls.push({ entry: variant.entry, task: this.#writer.task(task), items });
  }

  #targetFields({ first, image, group, map }: Layout) {
    return { target: first, targetImage: image, targetGroup: group, targetFilter: map };
  }

  /** Byte offset in the window of a group of every term's taps, channels outermost. */
  #taps(
    { windowChannel = 0, windowDepth = 0, windowRow = 0 }: PlacedWindow['fields'],
    which: PerAxis,
  ): number[] {
    const { plan, slices } = this;
    const starts = slices.map((slice, axis) => slice.starts[which[axis]]);
    const places = inKernels(starts, plan.tile?.taps ?? [1, 1, 1]).map(
      ([d, h, w]) => d * windowDepth + h * windowRow + 4 * w,
    );
    const taps: number[] = [];
    for (let channel = 0; channel < plan.convolution.channels; channel++)
      for (const place of places) taps.push(channel * windowChannel + place);
    return taps;
  }

  /** The whole result of the block; in place: all of it, once the last block is done. */
  #activation(): Omit<Call, 'entry'> {
    const { plan, slices, images, at } = this;
    const { batch, groups, filters } = plan.convolution;
    const inPlace = this.target < 0;
    const sizes = inPlace ? plan.axes.map(({ output }) => output) : slices.map(({ stored }) => stored);
    const count = (inPlace ? batch : images) * groups * filters * product(sizes);
    const task = Object.assign(new ActivateTask(), { target: inPlace ? at.output : this.target, count });
    return { task: this.#writer.task(task), items: Math.ceil(count / CHUNK) };
  }
}

function sizesOf([depth, height, width]: readonly number[]) {
  return { depth, height, width };
}
