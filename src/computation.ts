// Computation: a plan with its memory. Copies the input in, calls the kernels block by block, copies the output out.

import type { Activation } from './activation.js';
import { type Block, blockCount, blockOf, tableBytes } from './block.js';
import type { Engine } from './engine.js';
import { type Plan, planOf } from './plan.js';
import { PlanRecord } from './record.js';
import { addressOf } from './resident.js';
import type { Slice, Stretch } from './slice.js';
import { elements, type Tensor } from './tensor.js';
import { PackedWeights, type WeightSource } from './weights.js';

/** Index of the record's field for the slope of an activation. */
const SLOPE = Object.keys(new PlanRecord()).indexOf('slope');

/** A stretch of a map that lies in one piece both in the tensor and in the block. */
interface Piece {
  readonly offset: number;
  readonly length: number;
}

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
      if (block.loaded >= 0) this.#load(block, attached(x));
      engine.i32[block.flag / 4] = 0;
      for (const { entry, record, items } of block.calls) engine.exports[entry](record, 0, items);
      if (engine.i32[block.flag / 4] !== 0) {
        this.#computeExactly(x, out, source, activation);
        return;
      }
      const last = index === this.#blocks - 1;
      if (activation && (block.target >= 0 || last)) {
        const { record, items } = block.finished;
        engine.f32[record / 4 + SLOPE] = activation.slope;
        engine.exports[activation.name](record, 0, items);
      }
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
    const { plan, engine } = this;
    if (this.#blocks === 1) {
      engine.f32.set(x, block.loaded / 4);
      return;
    }
    const map = elements(plan.axes.map((axis) => axis.input));
    const pieces = piecesOf(
      block.slices,
      (slice) => slice.loads,
      plan.axes.map((axis) => axis.input),
    );
    const channels = plan.problem.channels;
    let at = block.loaded / 4;
    for (
      let channel = block.firstImage * channels;
      channel < (block.firstImage + block.images) * channels;
      channel++
    ) {
      for (const { offset, length } of pieces) {
        const from = channel * map + offset;
        engine.f32.set(x.subarray(from, from + length), at);
        at += length;
      }
    }
  }

  #store(block: Block, out: Float32Array): void {
    const { plan, engine } = this;
    if (this.#blocks === 1) {
      out.set(this.#whole(block, out.length));
      return;
    }
    const map = elements(plan.axes.map((axis) => axis.output));
    const pieces = piecesOf(
      block.slices,
      (slice) => slice.stores,
      plan.axes.map((axis) => axis.output),
    );
    const filters = plan.problem.filters;
    let at = block.target / 4;
    for (
      let filter = block.firstImage * filters;
      filter < (block.firstImage + block.images) * filters;
      filter++
    ) {
      for (const { offset, length } of pieces) {
        out.set(engine.f32.subarray(at, at + length), filter * map + offset);
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

/** The pieces of one map that a block loads or stores, as long as they can be. */
function piecesOf(
  slices: readonly [Slice, Slice, Slice],
  stretches: (slice: Slice) => readonly Stretch[],
  sizes: readonly number[],
): Piece[] {
  const [depths, heights, widths] = slices.map(stretches) as [
    readonly Stretch[],
    readonly Stretch[],
    readonly Stretch[],
  ];
  const [, height, width] = sizes as [number, number, number];
  const pieces: Piece[] = [];
  const wholeRows = widths[0]?.count === width;
  const wholeMaps = wholeRows && heights[0]?.count === height;
  for (const { first, count } of depths) {
    if (wholeMaps) {
      pieces.push({ offset: first * height * width, length: count * height * width });
      continue;
    }
    for (let d = first; d < first + count; d++) {
      for (const rows of heights) {
        if (wholeRows) {
          pieces.push({ offset: (d * height + rows.first) * width, length: rows.count * width });
          continue;
        }
        for (let h = rows.first; h < rows.first + rows.count; h++) {
          for (const { first, count } of widths)
            pieces.push({ offset: (d * height + h) * width + first, length: count });
        }
      }
    }
  }
  return pieces;
}
