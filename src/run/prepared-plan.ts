// Prepared plan: a plan with its memory. Copies the input in, calls the kernels block by block, copies the output out.

import { product } from '../core/lists.js';
import type { Tensor } from '../core/tensor.js';
import type { Engine } from '../engine/engine.js';
import { addressOf } from '../engine/resident.js';
import { type Plan, planOf } from '../plan/plan.js';
import { CHUNK } from '../shared/sizes.js';
import { ActivateTask } from '../shared/task.js';
import type { Activation } from './activation.js';
import { type Block, blockOf, tableBytes } from './block.js';
import { loadPieces, numbersOfGroup, storePieces } from './copies.js';
import type { Parameters } from './parameters.js';
import { type Call, type Runner, thisThread } from './runner.js';
import { wordOf } from './task-writer.js';
import { PackedWeights } from './weights.js';

/** The word of an activation's task that is set for a call. */
const OPERAND = wordOf(new ActivateTask(), 'operand');

/** A plan that has its tasks and tables in wasm memory. */
export class PreparedPlan {
  readonly #tables: number;
  #block: Block | undefined;
  #index = -1;
  #exact: PreparedPlan | undefined;
  #at = { scratch: -1, input: -1, output: -1 };
  #result: Float32Array = new Float32Array(0);

  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
    readonly runner: Runner = thisThread,
  ) {
    this.#tables = engine.allocate(tableBytes(plan), `the tables of ${plan.line}`);
  }

  /** Computes `out` from `x`; both hold exactly what the convolution says. */
  run(x: Tensor, out: Tensor, parameters: Parameters, activation?: Activation): void {
    const { engine, plan } = this;
    if (product(out.shape) === 0) return;
    this.weights.refresh(plan, parameters, this.runner);
    this.#moveTo(engine.reserve(plan.bytes.scratch, plan.line), addressOf(x), addressOf(out));
    for (let index = 0; index < plan.blocks; index++) {
      const block = this.#activate(index);
      if (plan.mapsTogether > 0 && block.loaded >= 0 && block.target >= 0) {
        this.#mapByMap(block, attached(x), attached(out), activation);
        return;
      }
      if (block.loaded >= 0) this.#load(block, attached(x));
      engine.i32[block.desk / 4] = 0;
      for (const { entry, task, items } of block.calls) this.#call(block, entry, task, 0, items);
      if (engine.i32[block.desk / 4] !== 0) {
        this.#computeExactly(x, out, parameters, activation);
        return;
      }
      const isLast = index === plan.blocks - 1;
      if (block.target >= 0 || isLast) this.#finish(block, block.finished.items, activation);
      if (block.target >= 0) this.#store(block, attached(out));
    }
  }

  /** Gives the tables back; the weights belong to others. */
  release(): void {
    this.#exact?.weights.release();
    this.#exact?.release();
    this.#exact = undefined;
    this.engine.release(this.#tables);
  }

  #call(block: Block, entry: Call['entry'], task: number, begin: number, end: number): void {
    this.runner.run(this.engine, entry, task, block.desk, begin, end);
  }

  /** Winograd's sums spread NaN and infinity over a tile: where there are any, gemm puts them where the direct sum has them. */
  #computeExactly(x: Tensor, out: Tensor, parameters: Parameters, activation: Activation | undefined): void {
    if (!this.#exact) {
      const plan = planOf(this.plan.convolution, { algorithm: 'gemm' });
      const weights = new PackedWeights(this.engine, plan);
      try {
        this.#exact = new PreparedPlan(this.engine, plan, weights, this.runner);
      } catch (error) {
        weights.release();
        throw error;
      }
    }
    this.#exact.run(x, out, parameters, activation);
  }

  /** Notes where scratch and operands lie; tables that say otherwise are of no use any more. */
  #moveTo(scratch: number, input: number, output: number): void {
    const at = this.#at;
    if (at.scratch === scratch && at.input === input && at.output === output) return;
    this.#at = { scratch, input, output };
    this.#index = -1;
  }

  /** Puts the tasks and tables of a block into memory, unless they are there. */
  #activate(index: number): Block {
    if (this.#block && this.#index === index) return this.#block;
    const { engine, plan, weights } = this;
    const block = blockOf(plan, index, {
      ...this.#at,
      tables: this.#tables,
      weights: weights.address,
      bias: weights.bias,
    });
    engine.i32.set(block.words, this.#tables / 4);
    this.#block = block;
    this.#index = index;
    return block;
  }

  /** Applies the activation to the first `items` of a block's result. */
  #finish(block: Block, items: number, activation: Activation | undefined): void {
    if (!activation) return;
    const { task } = block.finished;
    this.engine.f32[task / 4 + OPERAND] = activation.operand;
    this.#call(block, activation.entry, task, 0, items);
  }

  /**
   * Copies a few maps in, computes them and copies the results out, all within a cache, always in the same place: the task's
   * addresses are moved so that the items keep their numbers.
   */
  #mapByMap(block: Block, x: Float32Array, out: Float32Array, activation: Activation | undefined): void {
    const { f32, i32 } = this.engine;
    const { convolution, mapsTogether } = this.plan;
    const { input, output } = numbersOfGroup(this.plan);
    const total = convolution.batch * convolution.groups;
    const [{ entry, task }] = block.calls;
    const { inputWord, targetWord } = block;
    const source = i32[inputWord];
    const target = i32[targetWord];
    for (let first = 0; first < total; first += mapsTogether) {
      const end = Math.min(first + mapsTogether, total);
      f32.set(x.subarray(first * input, end * input), block.loaded / 4);
      const y = out.subarray(first * output, end * output);
      i32[inputWord] = source - 4 * first * input;
      i32[targetWord] = target - 4 * first * output;
      this.#call(block, entry, task, first * convolution.filters, end * convolution.filters);
      this.#finish(block, Math.ceil(y.length / CHUNK), activation);
      y.set(f32.subarray(block.target / 4, block.target / 4 + y.length));
    }
    i32[inputWord] = source;
    i32[targetWord] = target;
  }

  #load(block: Block, x: Float32Array): void {
    if (this.plan.blocks === 1) this.engine.f32.set(x, block.loaded / 4);
    else loadPieces(this.plan, block, this.engine.f32, x);
  }

  #store(block: Block, out: Float32Array): void {
    if (this.plan.blocks === 1) out.set(this.#whole(block, out.length));
    else storePieces(this.plan, block, this.engine.f32, out);
  }

  /** The result of an only block: one view, kept as long as memory stays where it is. */
  #whole(block: Block, length: number): Float32Array {
    const { buffer } = this.engine.f32;
    if (this.#result.buffer !== buffer || this.#result.byteOffset !== block.target) {
      this.#result = new Float32Array(buffer, block.target, length);
    }
    return this.#result;
  }
}

/** A tensor's numbers. Growing wasm memory detaches views of it, and those who made a plain tensor of one can't know. */
function attached(tensor: Tensor): Float32Array {
  const { data, shape } = tensor;
  if (data.length === 0 && product(shape) > 0) {
    throw new RangeError(
      'a tensor is detached: it was a view of wasm memory, which grew; hand over the resident tensor itself',
    );
  }
  return data;
}
