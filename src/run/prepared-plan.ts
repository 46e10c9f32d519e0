// Computation: a plan with its memory. Copies the input in, calls the kernels block by block, copies the output out.

import { elements, type Tensor } from '../core/tensor.js';
import type { Engine } from '../engine/engine.js';
import { addressOf } from '../engine/resident.js';
import { blockCount, type Plan, planOf } from '../plan/plan.js';
import { PlanRecord } from '../shared/record.js';
import { type Activation, CHUNK } from './activation.js';
import { type Block, blockOf, type Call, tableBytes } from './block.js';
import { piecesOf } from './copies.js';
import { PackedWeights, type WeightSource } from './weights.js';

/** Indices of the record's fields that are set for a call. */
const fields = Object.keys(new PlanRecord());
const OPERAND = fields.indexOf('operand');
const FIRST_ITEM = fields.indexOf('firstItem');

/** Bytes of maps that are copied in, computed and copied out together: about half of a second-level cache. */
const PIECE_BYTES = 256 << 10;

/** A plan that has its tables in wasm memory. */
export class Computation {
  readonly #tables: number;
  readonly #blocks: number;
  #block: Block | undefined;
  #index = -1;
  #exact: Computation | undefined;
  #at = { scratch: -1, input: -1, output: -1 };
  #result: Float32Array = new Float32Array(0);

  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
  ) {
    this.#blocks = blockCount(plan);
    this.#tables = engine.allocate(tableBytes(plan), `the tables of ${plan.line}`);
  }

  /** Computes `out` from `x`; both hold exactly what the problem says. */
  run(x: Tensor, out: Tensor, source: WeightSource, activation?: Activation): void {
    const { engine, plan } = this;
    if (elements(out.shape) === 0) return;
    if (this.weights.refresh(plan, source, this.#tables)) this.#index = -1;
    this.#moveTo(engine.reserve(plan.bytes.scratch, plan.line), addressOf(x), addressOf(out));
    for (let index = 0; index < this.#blocks; index++) {
      const block = this.#activate(index);
      if (
        this.#blocks === 1 &&
        plan.choice.algorithm.item === 'map' &&
        !plan.interleaved &&
        block.loaded >= 0 &&
        block.target >= 0 &&
        plan.bytes.loaded + plan.bytes.target > PIECE_BYTES
      ) {
        this.#mapByMap(block, attached(x), attached(out), activation);
        return;
      }
      if (block.loaded >= 0) this.#load(block, attached(x));
      engine.i32[block.flag / 4] = 0;
      for (const { entry, record, items } of block.calls) engine.exports[entry](record, 0, items);
      if (engine.i32[block.flag / 4] !== 0) {
        this.#computeExactly(x, out, source, activation);
        return;
      }
      const last = index === this.#blocks - 1;
      if (block.target >= 0 || last) this.#finish(block, block.finished.items, activation);
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

  /** Winograd's sums spread NaN and infinity over a tile: where there are any, gemm puts them where the direct sum has them. */
  #computeExactly(x: Tensor, out: Tensor, source: WeightSource, activation: Activation | undefined): void {
    if (!this.#exact) {
      const plan = planOf(this.plan.problem, { algorithm: 'gemm' });
      const weights = new PackedWeights(this.engine, plan);
      try {
        this.#exact = new Computation(this.engine, plan, weights);
      } catch (error) {
        weights.release();
        throw error;
      }
    }
    this.#exact.run(x, out, source, activation);
  }

  /** Notes where work space and operands lie; tables that say otherwise are of no use any more. */
  #moveTo(scratch: number, input: number, output: number): void {
    const at = this.#at;
    if (at.scratch === scratch && at.input === input && at.output === output) return;
    this.#at = { scratch, input, output };
    this.#index = -1;
  }

  /** Applies the activation to the first `items` of a block's result. */
  #finish({ finished }: Block, items: number, activation: Activation | undefined): void {
    if (!activation) return;
    this.engine.f32[finished.record / 4 + OPERAND] = activation.operand;
    this.engine.exports[activation.entry](finished.record, 0, items);
  }

  /** Depthwise: copies a few maps in, computes them and copies the results out, all within a cache. */
  #mapByMap(block: Block, x: Float32Array, out: Float32Array, activation: Activation | undefined): void {
    const { f32, i32, exports } = this.engine;
    const { batch, groups } = this.plan.problem;
    const total = batch * groups;
    const input = x.length / total;
    const output = out.length / total;
    const maps = Math.ceil(PIECE_BYTES / (4 * (input + output)));
    const [{ entry, record }] = block.calls as [Call];
    for (let first = 0; first < total; first += maps) {
      const end = Math.min(first + maps, total);
      f32.set(x.subarray(first * input, end * input), block.loaded / 4);
      const y = out.subarray(first * output, end * output);
      i32[record / 4 + FIRST_ITEM] = first * this.plan.filters;
      exports[entry](record, 0, (end - first) * this.plan.filters);
      this.#finish(block, Math.ceil(y.length / CHUNK), activation);
      y.set(f32.subarray(block.target / 4, block.target / 4 + y.length));
    }
  }

  /** Puts the tables of a block into memory, unless they are there. */
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

  /** The result of an only block: one view, kept as long as memory stays where it is. */
  #whole(block: Block, length: number): Float32Array {
    const { buffer } = this.engine.f32;
    if (this.#result.buffer !== buffer || this.#result.byteOffset !== block.target) {
      this.#result = new Float32Array(buffer, block.target, length);
    }
    return this.#result;
  }

  #load(block: Block, x: Float32Array): void {
    if (this.#blocks === 1) this.engine.f32.set(x, block.loaded / 4);
    else this.#copyPieces(block, 'input', x);
  }

  #store(block: Block, out: Float32Array): void {
    if (this.#blocks === 1) out.set(this.#whole(block, out.length));
    else this.#copyPieces(block, 'output', out);
  }

  /** Copies what a block loads of the input, or stores of the output. */
  #copyPieces(
    { slices, firstImage, images, loaded, target }: Block,
    side: 'input' | 'output',
    tensor: Float32Array,
  ): void {
    const { f32 } = this.engine;
    const { axes, problem } = this.plan;
    const isInput = side === 'input';
    const sizes = axes.map((axis) => axis[side]);
    const pieces = piecesOf(slices, (slice) => (isInput ? slice.loads : slice.stores), sizes);
    const perImage = isInput ? problem.channels : problem.filters;
    const size = elements(sizes);
    let at = (isInput ? loaded : target) / 4;
    for (let map = firstImage * perImage; map < (firstImage + images) * perImage; map++) {
      for (const { offset, length } of pieces) {
        const part = tensor.subarray(map * size + offset, map * size + offset + length);
        if (isInput) f32.set(part, at);
        else part.set(f32.subarray(at, at + length));
        at += length;
      }
    }
  }
}

/** A tensor's numbers. Growing wasm memory detaches views of it, and those who made a plain tensor of one can't know. */
function attached(tensor: Tensor): Float32Array {
  const { data, shape } = tensor;
  if (data.length === 0 && elements(shape) > 0) {
    throw new RangeError(
      'a tensor is detached: it was a view of wasm memory, which grew; hand over the resident tensor itself',
    );
  }
  return data;
}
