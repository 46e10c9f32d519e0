// Executes a weight gradient: copies plain operands to wasm memory, stages and sums block by block, and rounds the sums once.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { copyRange } from '../../core/copy.js';
import { product } from '../../core/lists.js';
import { attached, type Tensor } from '../../core/tensor.js';
import { addressOf } from '../../engine/address.js';
import type { Engine } from '../../engine/engine.js';
import { engine } from '../../engine/start.js';
import { regionOf } from '../../plan/region.js';
import type { Convolution } from '../../problem/convolution.js';
import { eachSegment, type Segments } from '../../run/segments.js';
import { writeTask } from '../../run/task-writer.js';
import { RoundTask } from '../../shared/gradient-task.js';
import { TILE_PIXELS } from '../../shared/sizes.js';
import type { TrainEntries } from '../entries.js';
import { trainModule } from '../module.js';
import { viewOf } from '../tensors/intermediate.js';
import { WeightBlock } from './block.js';
import { type WeightPlan, weightPlanOf } from './plan.js';
import type { WayName } from './ways.js';

/** Executes items of an entry of the module of gradients. It may divide the range: the result does not depend on it. */
export type Caller = (
  engine: Engine,
  entry: keyof TrainEntries,
  task: number,
  workspace: number,
  begin: number,
  end: number,
) => void;

/** Calls the entry once. */
const directly: Caller = (running, entry, task, workspace, begin, end) =>
  trainModule(running)[entry](task, workspace, begin, end);

/** Limit for the words of blocks that are cached between calls. */
const MAX_WORDS = 1 << 18;

/**
 * The weight gradient of one convolution. It uses only the scratch, which is shared, so tasks and tables are written in each call. The
 * operands may be at other addresses in each call.
 */
export class WeightGradient {
  readonly plan: WeightPlan;
  readonly #call: Caller;
  /** cached blocks, by which of input and gradient are in wasm memory. A network may alternate: its first layer has a plain input */
  #blocks: WeightBlock[][] = [[], [], [], []];
  #words = 0;
  /** the address of the scratch that the cached blocks are for */
  #scratch = -1;

  /** @param preference forces a way */
  constructor(convolution: Convolution, preference?: WayName, call = directly) {
    this.plan = weightPlanOf(convolution, preference);
    this.#call = call;
  }

  /**
   * Computes the gradient.
   * @param x the input
   * @param gradient the gradient of the output
   * @param out receives the weight gradient, (groups * filters, channels, ...kernel)
   * @throws RangeError if there is not enough memory, or a tensor is a detached view of wasm memory
   */
  run(x: Tensor, gradient: Tensor, out: Tensor): void {
    if (product(out.shape) === 0) return;
    if (product(x.shape) === 0 || product(gradient.shape) === 0) {
      viewOf(out).fill(0);
      return;
    }
    const running = engine();
    running.begin();
    try {
      this.#run(running, x, gradient, out);
    } finally {
      running.end();
    }
  }

  #run(running: Engine, x: Tensor, gradient: Tensor, out: Tensor): void {
    const { plan } = this;
    const { bytes, line } = plan;
    const scratch = running.reserve(bytes.scratch, `the weight gradient of ${line}`);
    // memory does not grow below this line
    const [input, given, place] = [x, gradient, out].map(addressOf);
    const target = place < 0 ? scratch + bytes.resultAt : place;
    if (scratch !== this.#scratch) {
      this.#blocks = [[], [], [], []];
      this.#words = 0;
      this.#scratch = scratch;
    }
    const { f32, i32 } = running;
    const sums = (scratch + bytes.sumsAt) / FLOAT_BYTES;
    f32.fill(0, sums, sums + bytes.sums / FLOAT_BYTES);
    for (let index = 0; index < plan.blocks; index++) {
      const block = this.#block(index, scratch, input >= 0, given >= 0);
      block.moveTo(Math.max(0, input), Math.max(0, given), target);
      i32.set(block.words, (scratch + bytes.tablesAt) / WORD_BYTES);
      if (input < 0) this.#copy(f32, x, block.loads, scratch);
      if (block.staging) running.entries.stage(block.staging.task, block.workspace, 0, block.staging.items);
      if (given < 0) this.#copy(f32, gradient, block.gradients, scratch + bytes.targetAt);
      if (block.packItems > 0)
        this.#call(running, 'packChannels', block.task, block.workspace, 0, block.packItems);
      this.#call(running, plan.way.entry, block.task, block.workspace, 0, plan.way.items);
    }
    if (!plan.isOneRun) this.#round(running, scratch, target);
    if (place < 0) {
      const first = target / FLOAT_BYTES;
      viewOf(out).set(f32.subarray(first, first + product(out.shape)));
    }
  }

  /** Copies the part of an operand that a block needs. */
  #copy(f32: Float32Array, tensor: Tensor, segments: Segments, address: number): void {
    const data = attached(tensor);
    const to = address / FLOAT_BYTES;
    if (this.plan.blocks === 1) f32.set(data, to);
    else eachSegment(segments, (start, count, at) => copyRange(data, start, count, f32, to + at));
  }

  /** Rounds the float64 sums to the gradient. */
  #round(running: Engine, scratch: number, target: number): void {
    const { bytes, convolution, way, taps } = this.plan;
    const { groups, channels, filters } = convolution;
    const { sumsGroup, sumsFilter, sumsChannel } = way;
    const address = scratch + bytes.tablesAt;
    const task = Object.assign(new RoundTask(), {
      sums: scratch + bytes.sumsAt,
      lanes: way.panels > 0 ? TILE_PIXELS : 1,
      ...{ sumsGroup, sumsFilter, sumsChannel, filters, channels, taps, target },
    });
    writeTask(task, running.i32, address);
    this.#call(running, 'roundSums', address, 0, 0, groups * filters);
  }

  /** A block, from the cache or new. */
  #block(index: number, scratch: number, isInput: boolean, isGradient: boolean): WeightBlock {
    const blocks = this.#blocks[2 * +isInput + +isGradient];
    const kept = blocks[index];
    if (kept) return kept;
    const { plan } = this;
    const block = new WeightBlock(plan, regionOf(plan, index), scratch, isInput, isGradient);
    this.#words += block.words.length;
    if (this.#words <= MAX_WORDS) blocks[index] = block;
    return block;
  }
}
