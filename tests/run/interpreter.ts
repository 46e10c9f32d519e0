// Carries out a plan's blocks in plain JavaScript: the tasks as they lie in memory, at the addresses they would have in
// wasm, each kernel as the formula of its file. What differs from the kernels is only the order of the weights.

/// <reference path="../../src/shared/assemblyscript.d.ts" />

import assert from 'node:assert/strict';
import { aligned, FLOAT_BYTES } from '#src/core/bytes.js';
import { mapAxes, turnedIf } from '#src/geometry/axis.js';
import type { Interval } from '#src/geometry/intervals.js';
import type { Slice } from '#src/geometry/slice.js';
import type { Plan } from '#src/plan/plan.js';
import { elementsOf, type TapSet } from '#src/plan/tap-sets.js';
import { SINGLE_TAPS } from '#src/plan/transform-kernels.js';
import { Block } from '#src/run/block.js';
import type { Call } from '#src/run/runner.js';
import { tableBytes } from '#src/run/table-bytes.js';
import { wordsOf } from '#src/run/task-writer.js';
import {
  DirectTask,
  FinishTask,
  GemmTask,
  InsideTask,
  InterleaveTask,
  LongRowTask,
  PlaneTask,
  StagedRowsTask,
  StageTask,
  SumTask,
  WinogradTask,
  Workspace,
} from '#src/shared/task.js';
import { product } from '../reference/reference.js';

/** The word of a workspace that says where planes are staged; the workspace stands first among a block's tables. */
const WORKSPACE_PLANE = Object.keys(new Workspace()).indexOf('plane');

/** Memory for one plan, laid out as a computation does it, with the whole input and output behind it. */
class Memory {
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly tables = 64;
  readonly scratch: number;
  readonly input: number;
  readonly output: number;
  readonly end: number;

  constructor(plan: Plan, input: number, output: number) {
    this.scratch = aligned(this.tables + tableBytes(plan));
    this.input = this.scratch + plan.bytes.scratch;
    this.output = this.input + aligned(4 * input);
    this.end = this.output + aligned(4 * output);
    const buffer = new ArrayBuffer(this.end);
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
  }

  /** A task, of the kind of another. */
  task<T extends object>(address: number, kind: T): T {
    const entries = Object.keys(kind).map((field, i) => [field, this.i32[address / 4 + i]]);
    return Object.assign(kind, Object.fromEntries(entries));
  }

  /** The number at an address. */
  get(address: number): number {
    if (address < this.scratch || address >= this.end) assert.fail(`reads at ${address}`);
    return this.f32[address / 4];
  }

  set(address: number, value: number): void {
    const outside = address < this.scratch || address >= this.end;
    if (outside || (address >= this.input && address < this.output)) assert.fail(`writes at ${address}`);
    this.f32[address / 4] = value;
  }
}

/**
 * The output of a plan, without what else is done beside the convolution.
 * @param isResident input and output lie in memory as a whole, instead of being copied there and back
 */
export function interpret(
  plan: Plan,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  isResident: boolean,
): Float32Array {
  const { convolution, axes } = plan;
  // where maps are copied a few at a time, the scratch has no room for all of them
  const resident = isResident || plan.mapsAtOnce > 0;
  const channels = convolution.groups * convolution.channels;
  const filters = convolution.groups * convolution.filters;
  const inputs = turnedIf(
    plan.turned,
    mapAxes(axes, ({ input }) => input),
  );
  const outputs = turnedIf(
    plan.turned,
    mapAxes(axes, ({ output }) => output),
  );
  const out = new Float32Array(convolution.batch * filters * product(outputs)).fill(Number.NaN);
  const memory = new Memory(plan, x.length, out.length);
  memory.f32.fill(Number.NaN, memory.scratch / 4);
  if (resident) memory.f32.set(x, memory.input / 4);
  const at = {
    tables: memory.tables,
    scratch: memory.scratch,
    weights: 0,
    bias: 0,
    input: resident ? memory.input : -1,
    output: resident ? memory.output : -1,
    inputStep: -1,
    outputStep: -1,
  };
  for (let index = 0; index < plan.blocks; index++) {
    const block = new Block(plan, index, at);
    const { words, slices, calls, loaded, target, outputFinish, firstImage, images } = block;
    assert.ok(4 * words.length <= tableBytes(plan), `${4 * words.length} bytes of tables`);
    memory.f32.fill(Number.NaN, memory.scratch / 4, memory.input / 4);
    memory.i32.set(words, memory.tables / 4);
    const first = (maps: number) => ({ first: firstImage * maps, count: images * maps });
    if (loaded >= 0) {
      let to = loaded;
      eachPosition(
        first(channels),
        turnedIf(plan.turned, slices),
        (slice) => slice.loads,
        inputs,
        (i) => {
          memory.set(to, x[i]);
          to += 4;
        },
      );
    }
    for (const call of calls) run(memory, call, plan, images, weight, bias);
    assert.ok(
      words.length - (outputFinish - memory.tables) / 4 === wordsOf(new FinishTask()),
      'the last task',
    );
    if (target >= 0) {
      let from = target;
      eachPosition(
        first(filters),
        turnedIf(plan.turned, slices),
        (slice) => slice.stores,
        outputs,
        (i) => {
          const place = memory.output / 4 + i;
          if (resident) memory.f32[place] = memory.get(from);
          else out[i] = memory.get(from);
          from += 4;
        },
      );
    }
  }
  return resident ? memory.f32.slice(memory.output / 4, memory.output / 4 + out.length) : out;
}

/** Visits the flat positions of what slices load or store, in order. */
function eachPosition(
  maps: Interval,
  slices: readonly Slice[],
  pick: (slice: Slice) => readonly Interval[],
  sizes: readonly number[],
  visit: (position: number) => void,
): void {
  const [depths, heights, widths] = slices.map(pick);
  for (let map = maps.first; map < maps.first + maps.count; map++) {
    eachOf(depths, (d) => {
      eachOf(heights, (h) => {
        const row = ((map * sizes[0] + d) * sizes[1] + h) * sizes[2];
        eachOf(widths, (w) => visit(row + w));
      });
    });
  }
}

function eachOf(stretches: readonly Interval[], visit: (position: number) => void): void {
  for (const { first, count } of stretches) for (let i = first; i < first + count; i++) visit(i);
}

function run(
  memory: Memory,
  call: Call,
  plan: Plan,
  images: number,
  weight: Float32Array,
  bias: Float32Array,
): void {
  if (call.entry === 'stage') {
    const task = memory.task(call.task, new StageTask());
    for (let map = 0; map < call.items; map++)
      stage(memory, task, map, task.staged + map * task.stagedChannel);
  } else if (call.entry === 'interleave') {
    const task = memory.task(call.task, new InterleaveTask());
    const stored = (first: number, offset: number) => memory.get(first + offset);
    interleave(memory, task, call.items, task.computes ? sums(memory, plan, weight, bias) : stored);
  } else {
    assert.equal(call.entry, plan.variant.entry);
    const [set] = plan.tapSets;
    const task = memory.task(call.task, plan.variant.task(set, images));
    assert.equal(call.items, task.groups * itemsOfGroup(task, plan, images), plan.line);
    for (let map = 0; map < images * task.groups; map++) {
      sum(memory, task, Math.floor(map / task.groups), map % task.groups, plan, weight, bias);
    }
  }
}

/** Independent units of work of a group, of all images, as the entries count them. */
function itemsOfGroup(task: SumTask, { variant, tile }: Plan, images: number): number {
  const { depth, height, width, filters } = task;
  if (task instanceof GemmTask) return task.filterParts * Math.ceil((images * depth * height * width) / 8);
  if (task instanceof InsideTask) return images * depth * height * Math.ceil(width / task.piece);
  if (task instanceof DirectTask)
    return images * depth * height * Math.max(1, Math.floor(width / task.piece));
  if (task instanceof PlaneTask || task instanceof LongRowTask || task instanceof StagedRowsTask)
    return images * filters * task.mapParts;
  assert.ok(tile && task instanceof WinogradTask, variant.entry);
  const along = (size: number, axis: number) =>
    Math.ceil(size / (tile.outputs[axis] * tile.gaps[axis])) * tile.gaps[axis];
  return task.filterParts * Math.ceil((images * along(depth, 0) * along(height, 1) * along(width, 2)) / 8);
}

function stage(memory: Memory, t: StageTask, map: number, staged: number): void {
  const group = Math.floor(map / t.channels);
  const source =
    t.source +
    Math.floor(group / t.groups) * t.sourceImage +
    (group % t.groups) * t.sourceGroup +
    (map % t.channels) * t.sourceChannel;
  for (let line = 0; line < t.stagedDepths * t.stagedRows; line++) {
    const depth = memory.i32[t.depthTable / 4 + Math.floor(line / t.stagedRows)];
    const row = memory.i32[t.rowTable / 4 + (line % t.stagedRows)];
    const zero = depth < 0 || row < 0;
    const from = source + depth * t.sourceDepth + row * t.sourceRow;
    for (let run = 0; run < t.runCount; run++) {
      const [to, begin, count, step, repeat] = memory.i32.subarray(t.runs / 4 + 5 * run);
      const isPaired = repeat === 0;
      const at = (place: number) => (zero || begin < 0 ? 0 : memory.get(from + begin + 4 * place));
      const row = staged + line * t.stagedRow;
      for (let i = 0; i < count; i++) {
        if (isPaired) memory.set(row + step + 4 * i, at(2 * i + 1));
        memory.set(row + to + 4 * i, at(isPaired ? 2 * i : step * Math.floor(i / repeat)));
      }
    }
  }
}

/** All outputs of a group of an image, each as the sum of its products. */
function sum(
  memory: Memory,
  t: SumTask,
  image: number,
  group: number,
  plan: Plan,
  weight: Float32Array,
  bias: Float32Array,
): void {
  const { channels, filters } = plan.convolution;
  const set = setOf(t, plan);
  // all products, whatever a kernel takes for a term
  const { taps } = set;
  const elements = elementsOf(set, plan.tile ?? SINGLE_TAPS, FLOAT_BYTES);
  const offsets = memory.i32.subarray(t.tapTable / 4, t.tapTable / 4 + channels * taps);
  const window = windowOf(memory, t, image, group);
  const target = t.target + image * t.targetImage + group * t.targetGroup;
  for (let filter = 0; filter < t.filters; filter++) {
    const [place, ofClass] = [Math.floor(filter / filters), filter % filters];
    const weights = weightsOf(set, plan, group, filter, weight);
    const terms = Array.from(weights.keys()).filter((term) => elements[place * taps + (term % taps)] !== -1);
    let to = target + filter * t.targetFilter;
    for (let d = 0; d < t.depth; d++) {
      for (let h = 0; h < t.height; h++) {
        for (let w = 0; w < t.width; w++, to += 4) {
          const from = window + d * t.windowDepth + h * t.windowRow + 4 * w;
          let total = bias[group * filters + ofClass];
          for (let i = 0; i < terms.length; i++) {
            const term = terms[i];
            if (t instanceof InsideTask && !isInRanges(memory, t, term % taps, [d, h, w])) continue;
            const value =
              t instanceof PlaneTask
                ? planeValue(memory, t, window, h, w, term)
                : t instanceof LongRowTask
                  ? rowValue(memory, t, window, w, offsets[term])
                  : memory.get(from + offsets[term]);
            total += weights[term] * value;
          }
          memory.set(to, total);
        }
      }
    }
  }
}

/** Whether an output is in the range of a tap along each axis. */
function isInRanges(memory: Memory, t: InsideTask, tap: number, output: readonly number[]): boolean {
  const { depthTaps, rowTaps, columnTaps } = t;
  const row = Math.floor(tap / columnTaps);
  const places = [
    Math.floor(row / rowTaps),
    depthTaps + (row % rowTaps),
    depthTaps + rowTaps + (tap % columnTaps),
  ];
  return places.every((place, axis) => {
    const [first, end] = memory.i32.subarray(t.ranges / 4 + 2 * place);
    return output[axis] >= first && output[axis] < end;
  });
}

/** The weights of all products of a filter; filters of later classes follow those of the first. */
function weightsOf(
  set: TapSet,
  { convolution, tile }: Plan,
  group: number,
  filter: number,
  weight: Float32Array,
): number[] {
  const { channels, filters, weight: strides } = convolution;
  // outputs that meet no tap
  if (set.terms === 0) return [];
  const elements = elementsOf(set, tile ?? SINGLE_TAPS, FLOAT_BYTES);
  const [place, ofClass] = [Math.floor(filter / filters), filter % filters];
  const kernel = group * strides.group + ofClass * strides.filter + set.classes[place].first;
  return Array.from({ length: channels * set.taps }, (_, term) => {
    const offset = elements[place * set.taps + (term % set.taps)];
    return offset === -1
      ? 0
      : weight[kernel + Math.floor(term / set.taps) * strides.channel + offset / FLOAT_BYTES];
  });
}

/** The tap set that a task computes: the one whose packed weights it reads; one of no terms has none. */
function setOf(task: SumTask, { tapSets }: Plan) {
  const found = tapSets.find(({ weights, terms }) => weights === task.weights && terms === task.terms);
  return found ?? assert.fail('whose weights?');
}

/** Where a group of an image is read; a kernel that stages each plane does it here, always in the same place. */
function windowOf(memory: Memory, t: SumTask, image: number, group: number): number {
  if (!(t instanceof StagedRowsTask && t.stage))
    return t.window + image * t.windowImage + group * t.windowGroup;
  const plane = memory.i32[memory.tables / 4 + WORKSPACE_PLANE];
  stage(memory, memory.task(t.stage, new StageTask()), image * t.groups + group, plane);
  return plane;
}

/** What a tap reads for output `w` of a long row, with zeros beside it. */
function rowValue(memory: Memory, t: LongRowTask, window: number, w: number, offset: number): number {
  assert.ok(t.width - t.leftOutputs - t.rightOutputs >= 16);
  const row = window + t.rowStart;
  const from = window + 4 * w + offset;
  const outside = from < row || from >= row + t.rowBytes;
  if (outside)
    assert.ok(w < t.leftOutputs || w >= t.width - t.rightOutputs, `output ${w} reads beside its row`);
  return outside ? 0 : memory.get(from);
}

/** What tap `tap` of a 3x3 kernel meets in a plane that is read as it is: zeros stand around it. */
function planeValue(memory: Memory, t: PlaneTask, plane: number, h: number, w: number, tap: number): number {
  const row = t.stride * h + Math.floor(tap / 3) - t.zeroRows;
  const column = t.stride * w + (tap % 3) - t.zeroLeft;
  const last = t.stride * (t.width - 1) + 2 - t.zeroLeft;
  const outside = row < 0 || row >= t.rows || column < 0 || (t.zeroRight === 1 && column === last);
  if (!outside && column >= t.windowRow / 4) assert.fail(`reads column ${column} of a row`);
  return outside ? 0 : memory.get(plane + row * t.windowRow + 4 * column);
}

/** What an element of a part is, at an offset behind what the task has for the part. */
type Part = (first: number, offset: number, group: number, filter: number) => number;

/** Parts of one channel that are computed by the tasks at their addresses. */
function sums(memory: Memory, plan: Plan, weight: Float32Array, bias: Float32Array): Part {
  return (address, offset, group, filter) => {
    const task = memory.task(address, new SumTask());
    const set = setOf(task, plan);
    const taps = memory.i32.subarray(task.tapTable / 4, task.tapTable / 4 + set.taps);
    const weights = weightsOf(set, plan, group, filter, weight);
    return weights.reduce(
      (total, w, tap) => total + w * memory.get(task.window + offset + taps[tap]),
      bias[group * task.filters + filter],
    );
  };
}

function interleave(memory: Memory, t: InterleaveTask, maps: number, partAt: Part): void {
  const split = (at: number, step: number) => [at % step, Math.floor(at / step)] as const;
  for (let map = 0; map < maps; map++) {
    const [filter, all] = split(map, t.filters);
    const [group, image] = split(all, t.groups);
    const part = image * t.partImage + group * t.partGroup + filter * t.partFilter;
    const target = t.target + image * t.targetImage + group * t.targetGroup + filter * t.targetFilter;
    for (let line = 0; line < t.depth * t.height; line++) {
      const depth = Math.floor(line / t.height);
      const height = line % t.height;
      const [pd, d] = split(depth, t.depthPhases);
      const [ph, h] = split(height, t.rowPhases);
      for (let w = 0; w < t.width; w++) {
        const [pw, j] = split(w, t.columnPhases);
        const first = memory.i32[t.parts / 4 + (pd * t.rowPhases + ph) * t.columnPhases + pw];
        memory.set(
          target + depth * t.targetDepth + height * t.targetRow + 4 * w,
          partAt(first, part + d * t.partDepth + h * t.partRow + 4 * j, group, filter),
        );
      }
    }
  }
}
