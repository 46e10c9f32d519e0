// Carries out a plan's blocks in plain JavaScript: the records as they lie in memory, at the addresses they would have in
// wasm, each kernel as the formula of its file. What differs from the kernels is only the order of the weights.

/// <reference path="../src/shared/assemblyscript.d.ts" />

import assert from 'node:assert/strict';
import { aligned } from '#src/core/bytes.js';
import type { Interval } from '#src/geometry/intervals.js';
import type { Slice } from '#src/geometry/slice.js';
import type { Plan } from '#src/plan/plan.js';
import { blockCount } from '#src/plan/plan.js';
import { CHUNK } from '#src/run/activation.js';
import { blockOf, type Call, tableBytes } from '#src/run/block.js';
import { PlanRecord } from '#src/shared/record.js';
import { product } from './reference.js';

const fields = Object.keys(new PlanRecord()) as (keyof PlanRecord)[];

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

  record(address: number): PlanRecord {
    const record = new PlanRecord();
    fields.forEach((field, i) => {
      record[field] = this.i32[address / 4 + i];
    });
    return record;
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
 * The output of a plan, with one added to every number at the end, in place of an activation.
 * @param resident input and output lie in memory as a whole, instead of being copied there and back
 */
export function interpret(
  plan: Plan,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  resident: boolean,
): Float32Array {
  const { problem, axes } = plan;
  const inputs = axes.map(({ input }) => input);
  const outputs = axes.map(({ output }) => output);
  const out = new Float32Array(problem.batch * problem.filters * product(outputs)).fill(Number.NaN);
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
  };
  const count = blockCount(plan);
  for (let index = 0; index < count; index++) {
    const block = blockOf(plan, index, at);
    const { words, slices, calls, loaded, target, finished, firstImage, images } = block;
    assert.ok(4 * words.length <= tableBytes(plan), `${4 * words.length} bytes of tables`);
    memory.f32.fill(Number.NaN, memory.scratch / 4, memory.input / 4);
    memory.i32.set(words, memory.tables / 4);
    const first = (maps: number) => ({ first: firstImage * maps, count: images * maps });
    if (loaded >= 0) {
      let to = loaded;
      eachPosition(
        first(problem.channels),
        slices,
        (slice) => slice.loads,
        inputs,
        (i) => {
          memory.set(to, x[i]);
          to += 4;
        },
      );
    }
    for (const call of calls) run(memory, call, plan, images, weight, bias);
    if (target >= 0 || index === count - 1) addOne(memory, finished);
    if (target >= 0) {
      let from = target;
      eachPosition(
        first(problem.filters),
        slices,
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

function addOne(memory: Memory, { record, items }: { record: number; items: number }): void {
  const { target, width } = memory.record(record);
  assert.equal(items, Math.ceil(width / CHUNK));
  for (let i = 0; i < width; i++) memory.set(target + 4 * i, memory.get(target + 4 * i) + 1);
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
  const record = memory.record(call.record);
  if (call.entry === 'stage') stage(memory, record, 0, call.items);
  else if (call.entry === 'interleave') interleave(memory, record, call.items);
  else {
    const { depth, height, width, groups, filters } = record;
    const tiles = (size: number, outputs: number, gap: number) => Math.ceil(size / (outputs * gap)) * gap;
    const perGroup = {
      map: filters,
      row: depth * height,
      tile: Math.ceil((depth * height * width) / 8),
      'tile row':
        tiles(depth, record.tileDepth, record.tileDepthGap) *
        tiles(height, record.tileRows, record.tileRowGap),
    };
    const { item } = plan.choice.algorithm;
    assert.equal(call.items, images * groups * perGroup[item], plan.line);
    for (let map = 0; map < images * groups; map++) {
      // a kernel whose items are maps stages each when it comes to it, all in the same place
      if (item === 'map') stage(memory, record, map, map + 1);
      multiply(memory, record, map, weight, bias, plan.filters);
    }
  }
}

function stage(memory: Memory, r: PlanRecord, begin: number, end: number): void {
  for (let map = begin; map < end; map++) {
    for (let line = 0; line < r.stagedDepths * r.stagedRows; line++) {
      const depth = memory.i32[r.depthMap / 4 + Math.floor(line / r.stagedRows)];
      const row = memory.i32[r.rowMap / 4 + (line % r.stagedRows)];
      const zero = depth < 0 || row < 0;
      const from = r.source + map * r.sourceChannel + depth * r.sourceDepth + row * r.sourceRow;
      const staged = r.staged + map * r.stagedChannel + line * r.stagedRow;
      for (let run = 0; run < r.runCount; run++) {
        const [to, begin, count, step] = memory.i32.subarray(r.runs / 4 + 4 * run);
        for (let i = 0; i < count; i++) {
          memory.set(staged + to + 4 * i, zero || begin < 0 ? 0 : memory.get(from + begin + 4 * step * i));
        }
      }
    }
  }
}

function multiply(
  memory: Memory,
  r: PlanRecord,
  map: number,
  weight: Float32Array,
  bias: Float32Array,
  perClass: number,
): void {
  // all products, whatever a kernel takes for a term
  const terms = r.channels * r.taps;
  const offsets = memory.i32.subarray(r.tapTable / 4, r.tapTable / 4 + terms);
  const group = map % r.groups;
  const window = r.staged + map * r.channels * r.stagedChannel;
  for (let filter = 0; filter < r.filters; filter++) {
    const raw = group * r.rawGroup + memory.i32[r.rowTable / 4 + filter];
    const weights = Array.from({ length: terms }, (_, term) => {
      const element = memory.i32[r.kernelTable / 4 + (term % r.taps)];
      return element === -1 ? 0 : weight[(raw + Math.floor(term / r.taps) * r.rawChannel + element) / 4];
    });
    let to = r.target + (map * r.filters + filter) * r.targetFilter;
    for (let d = 0; d < r.depth; d++) {
      for (let h = 0; h < r.height; h++) {
        for (let w = 0; w < r.width; w++, to += 4) {
          const from = window + d * r.stagedDepth + h * r.stagedRow + 4 * w;
          let sum = bias[group * perClass + (filter % perClass)];
          for (let term = 0; term < terms; term++) {
            const value = r.planeStep
              ? planeValue(memory, r, window, h, w, term)
              : r.inner
                ? rowValue(memory, r, map, w, offsets[term])
                : memory.get(from + offsets[term]);
            sum += weights[term] * value;
          }
          memory.set(to, sum);
        }
      }
    }
  }
}

/** What a tap reads for output `w` of a long row, with zeros beside it. */
function rowValue(memory: Memory, r: PlanRecord, map: number, w: number, offset: number): number {
  assert.ok(r.width - r.leftOutputs - r.rightOutputs >= 16);
  const row = r.source + map * r.sourceChannel;
  const from = r.inner + map * r.sourceChannel + 4 * w + offset;
  const outside = from < row || from >= row + r.sourceRow;
  if (outside)
    assert.ok(w < r.leftOutputs || w >= r.width - r.rightOutputs, `output ${w} reads beside its row`);
  return outside ? 0 : memory.get(from);
}

/** What tap `tap` of a 3x3 kernel meets in a plane that is read as it is: zeros stand around it. */
function planeValue(memory: Memory, r: PlanRecord, plane: number, h: number, w: number, tap: number): number {
  const row = r.planeStep * h + Math.floor(tap / 3) - r.planeTop;
  const column = r.planeStep * w + (tap % 3) - r.planeLeft;
  const last = r.planeStep * (r.width - 1) + 2 - r.planeLeft;
  const outside = row < 0 || row >= r.planeRows || column < 0 || (r.planeRight === 1 && column === last);
  if (!outside && column >= r.sourceRow / 4) assert.fail(`reads column ${column} of a row`);
  return outside ? 0 : memory.get(plane + row * r.sourceRow + 4 * column);
}

function interleave(memory: Memory, r: PlanRecord, maps: number): void {
  const split = (at: number, step: number) => [at % step, Math.floor(at / step)] as const;
  for (let map = 0; map < maps; map++) {
    // between two groups' maps lie those of other phases
    const skipped = Math.floor(map / r.filters) * r.sourceSkip;
    for (let line = 0; line < r.depth * r.height; line++) {
      const depth = Math.floor(line / r.height);
      const height = line % r.height;
      const [pd, d] = split(depth, r.depthStep);
      const [ph, h] = split(height, r.rowStep);
      for (let w = 0; w < r.width; w++) {
        const [pw, j] = split(w, r.step);
        const part = memory.i32[r.source / 4 + (pd * r.rowStep + ph) * r.step + pw];
        memory.set(
          r.target + map * r.targetFilter + depth * r.outDepth + height * r.outRow + 4 * w,
          memory.get(part + skipped + map * r.sourceChannel + d * r.sourceDepth + h * r.sourceRow + 4 * j),
        );
      }
    }
  }
}
