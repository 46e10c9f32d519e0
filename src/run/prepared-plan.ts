// Prepared plan: a plan with its memory. Copies the input in, calls the kernels block by block, copies the output out.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { present } from '../core/errors.js';
import { product } from '../core/lists.js';
import { attached, type Tensor } from '../core/tensor.js';
import { Cached } from '../engine/cached.js';
import type { Engine } from '../engine/engine.js';
import { ResidentTensor, stepOf } from '../engine/resident.js';
import { mapAxes } from '../geometry/axis.js';
import { panelsOf } from '../plan/algorithms/winograd-tile.js';
import { exactPlanOf, mendingPlanOf } from '../plan/exact.js';
import type { Plan } from '../plan/plan.js';
import type { MapStrides } from '../problem/convolution.js';
import { TILE_PIXELS } from '../shared/sizes.js';
import type { Beside } from './activation.js';
import { type Alternative, alternative, type Instead } from './alternative.js';
import { type Block, blockOf } from './block.js';
import { eachPiece, loadedPieces, storedPieces } from './copies.js';
import { itemsToMend, NOTES } from './mending.js';
import type { Parameters } from './parameters.js';
import { ADDEND_BYTES, bringing, type Gate, taking } from './passage.js';
import { type Call, type Runner, thisThread } from './runner.js';
import { tableBytes } from './table-bytes.js';
import { PackedWeights } from './weights.js';

/** Words of blocks that a plan keeps from call to call, at most: building a block takes some ten microseconds. */
const MOST_WORDS = 1 << 18;

/**
 * About the bytes of JavaScript that go with a plan, beside twice its tables: 10 to 25 KB were measured for layers of 1 to 256 channels,
 * 95 for 1023 taps.
 */
const PLAN_BYTES = 16 << 10;

const NOTHING: Float32Array = new Float32Array(0);

/** A plan with wasm memory for its tasks and tables, and packed weights. It takes memory when it runs. */
export class PreparedPlan {
  /** the tasks and tables of one block */
  readonly #tables: Cached;
  /** the blocks that are kept, by their index, and the words of all that were built */
  #blocks: Block[] = [];
  #keptWords = 0;
  /** the tasks and tables that lie there */
  #words: Int32Array | undefined;
  /** where these say that scratch, weights, input and output lie */
  #at = { scratch: -1, weights: -1, input: -1, output: -1, inputStep: -1, outputStep: -1 };
  /** the plan for weights that are not finite, once it was needed */
  #exact: PreparedPlan | undefined;
  /** the plan that mends what a transform did not get finite, likewise, and how often the weights had been packed when its were */
  #mending: PreparedPlan | undefined;
  #mendedPackings = -1;
  #scratchBytes: number;
  /** what computes instead, and who offered it */
  #instead: Instead | undefined;
  #offeredBy: Alternative | undefined;
  /** a view of the result in wasm memory, kept from call to call */
  #result: Float32Array = NOTHING;

  /** @param dropped is called when memory that it needs was given back to make room */
  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
    readonly runner: Runner = thisThread,
    readonly dropped: () => void = () => {},
  ) {
    this.#scratchBytes = plan.bytes.scratch;
    this.#tables = new Cached(engine, engine.plans, engine.plans, dropped);
  }

  /**
   * Computes `out` from `x`, whose sizes are those of the convolution.
   * @param beside what else is done to inputs and results
   * @throws RangeError where memory lacks, or a tensor is a view of wasm memory that grew
   */
  run(x: Tensor, out: Tensor, parameters: Parameters, beside?: Beside): void {
    if (product(out.shape) === 0) return;
    this.engine.begin();
    try {
      const isApart = stepOf(x) >= 0 || stepOf(out) >= 0;
      this.#checkApart(x, out, beside?.add);
      if (isApart || !this.#other()?.run(x, out, parameters, beside)) this.#run(x, out, parameters, beside);
    } finally {
      this.engine.end();
    }
  }

  /** What computes instead, if something does by now. */
  #other(): Instead | undefined {
    const { current } = alternative;
    if (current !== this.#offeredBy) {
      this.#instead?.release();
      this.#instead = current?.of(this.engine, this.plan, this.dropped);
      this.#offeredBy = current;
    }
    return this.#instead;
  }

  /** Computes within a call. */
  #run(x: Tensor, out: Tensor, parameters: Parameters, beside: Beside | undefined): void {
    const { plan } = this;
    this.#prepare(parameters);
    if (!this.weights.isFinite && !plan.everyTap) {
      this.#exact ??= this.#another(exactPlanOf(plan.convolution));
      this.#exact.#run(x, out, parameters, beside);
      return;
    }
    this.#place(x, out, beside);
    for (let index = 0; index < plan.blocks; index++) {
      const block = this.#activate(index);
      if (plan.mapsTogether > 0 && (block.loaded >= 0 || block.target >= 0)) {
        this.#mapByMap(block, x, out, beside);
        return;
      }
      if (block.loaded >= 0) this.#load(block, x, beside);
      if (!this.#compute(block, index)) {
        this.#prepareMending(parameters);
        // which took the scratch: the block begins anew
        this.#place(x, out, beside);
        index--;
        continue;
      }
      if (block.target >= 0 || beside) this.#store(block, out, beside);
    }
  }

  /**
   * Makes room, and notes where everything lies. Inputs that are activated first are copied in wherever they lie; what is added may lie
   * where the output goes, so that results come from elsewhere.
   */
  #place(x: Tensor, out: Tensor, beside: Beside | undefined): void {
    const room = beside?.add ? ADDEND_BYTES : 0;
    const scratch = this.engine.reserve(aligned(this.#scratchBytes) + room, this.plan.line);
    const input = beside?.input ? -1 : placeOf(x);
    const output = beside?.add ? -1 : placeOf(out);
    this.#moveTo(scratch, input, output, stepOf(x), stepOf(out));
  }

  /** @throws RangeError for channels of several images where a call counts the images otherwise */
  #checkApart(x: Tensor, out: Tensor, add: Tensor | undefined): void {
    const { batch, input, output } = this.plan.convolution;
    checkImages(x, batch, input);
    checkImages(out, batch, output);
    if (add) checkImages(add, batch, output);
  }

  /** Gives the tables back; the weights belong to others. */
  release(): void {
    for (const other of [this.#exact, this.#mending]) {
      other?.weights.release();
      other?.release();
    }
    this.#exact = undefined;
    this.#mending = undefined;
    this.#instead?.release();
    this.#tables.release();
  }

  /**
   * Makes sure of memory for tasks and tables, and of packed weights. What lies in the scratch is lost.
   * @throws RangeError where memory lacks
   */
  #prepare(parameters: Parameters): void {
    const { plan } = this;
    if (!this.#tables.use()) {
      const bytes = tableBytes(plan);
      const blocks = Math.min(WORD_BYTES * MOST_WORDS, plan.blocks * bytes);
      this.#tables.take(bytes, PLAN_BYTES + bytes + blocks, `the tables of ${plan.line}`);
      this.#forgetBlocks();
    }
    this.weights.refresh(plan, parameters, this.runner);
  }

  /** Whether its memory is there, which then stays until the call ends. */
  #isPrepared(): boolean {
    return this.#tables.use() && this.weights.use();
  }

  /** Carries out some items of a task. */
  #call(block: Block, entry: Call['entry'], task: number, begin: number, end: number): void {
    this.runner.run(this.engine, entry, task, block.desk, begin, end);
  }

  /** Carries out the calls of a block; false where something has to be mended first and nothing is prepared for it. */
  #compute(block: Block, index: number): boolean {
    const { i32 } = this.engine;
    const flag = block.desk / WORD_BYTES;
    i32[flag] = 0;
    for (let call = 0; call < block.calls.length; call++) {
      const { entry, task, items } = block.calls[call];
      this.#call(block, entry, task, 0, items);
      if (i32[flag] === 0) continue;
      const mending = this.#mending;
      if (!mending || this.#mendedPackings !== this.weights.packings || !mending.#isPrepared()) return false;
      this.#mend(mending, block, index, call);
      i32[flag] = 0;
    }
    return true;
  }

  /** Computes again what a call of winograd noted as not finite. */
  #mend(mending: PreparedPlan, block: Block, index: number, call: number): void {
    const { engine, plan } = this;
    const { scratch, input, output, inputStep, outputStep } = this.#at;
    mending.#moveTo(scratch, input, output, inputStep, outputStep);
    const direct = mending.#activate(index);
    const sizes = mapAxes(block.slices, ({ count }) => count);
    const { images } = block;
    const { groups } = plan.convolution;
    const tile = present(plan.tile, 'a transform');
    const first = engine.i32[block.calls[call].task / WORD_BYTES + NOTES] / WORD_BYTES;
    const notes = engine.i32.subarray(first, first + groups * panelsOf(tile, sizes, images));
    const { entry, task, items } = direct.calls[call];
    const parts = items / (groups * Math.ceil((images * product(sizes)) / TILE_PIXELS));
    const chosen = itemsToMend(notes, tile, sizes, images, groups, parts);
    notes.fill(0);
    for (let begin = chosen.indexOf(1); begin >= 0; ) {
      const next = chosen.indexOf(0, begin);
      const end = next < 0 ? chosen.length : next;
      this.#call(direct, entry, task, begin, end);
      begin = chosen.indexOf(1, end);
    }
  }

  /** Prepares the plan by which is mended. What lies in the scratch is lost. */
  #prepareMending(parameters: Parameters): void {
    // the notes in the tables stay from the call that is given up
    this.#words = undefined;
    this.#mending ??= this.#another(mendingPlanOf(this.plan));
    this.#mending.#prepare(parameters);
    this.#mendedPackings = this.weights.packings;
    this.#scratchBytes = Math.max(this.#scratchBytes, this.#mending.plan.bytes.scratch);
  }

  /** Another plan of the same convolution, with weights of its own. */
  #another(plan: Plan): PreparedPlan {
    return new PreparedPlan(this.engine, plan, new PackedWeights(this.engine, plan), this.runner);
  }

  /** Forgets what lies in the tables: it was written for other addresses. */
  #forgetBlocks(): void {
    this.#blocks = [];
    this.#keptWords = 0;
    this.#words = undefined;
  }

  /** Notes where scratch, weights, input and output lie. Tasks and tables in memory that say otherwise will be written again. */
  #moveTo(scratch: number, input: number, output: number, inputStep: number, outputStep: number): void {
    const at = this.#at;
    const weights = this.weights.address;
    const isSame =
      at.scratch === scratch && at.weights === weights && at.input === input && at.output === output;
    if (isSame && at.inputStep === inputStep && at.outputStep === outputStep) return;
    this.#at = { scratch, weights, input, output, inputStep, outputStep };
    this.#forgetBlocks();
  }

  /** Puts the tasks and tables of a block into memory, unless they are there. */
  #activate(index: number): Block {
    const block = this.#blocks[index] ?? this.#build(index);
    if (this.#words !== block.words) this.engine.i32.set(block.words, this.#tables.address / WORD_BYTES);
    this.#words = block.words;
    return block;
  }

  /** Builds a block, and keeps it if there are few. */
  #build(index: number): Block {
    const { plan, weights } = this;
    const block = blockOf(plan, index, { ...this.#at, tables: this.#tables.address, bias: weights.bias });
    this.#keptWords += block.words.length;
    if (this.#keptWords <= MOST_WORDS) this.#blocks[index] = block;
    return block;
  }

  /** What a block works with where numbers pass. */
  #gate(block: Block): Gate {
    const { engine } = this;
    const task = block.finished;
    const room = this.#at.scratch + aligned(this.#scratchBytes);
    return { engine, task, room, call: (items) => this.#call(block, 'finish', task, 0, items) };
  }

  /**
   * Copies a few maps in, computes them and copies the results out, all within a cache. What is copied always lies in the same place. An
   * item finds its map by its number, so the addresses in the task are moved back by the maps before.
   */
  #mapByMap(block: Block, x: Tensor, out: Tensor, beside: Beside | undefined): void {
    const { i32 } = this.engine;
    const { convolution, mapsTogether } = this.plan;
    // such maps are dense: a group's numbers are what one group lies from the next
    const input = convolution.input.group;
    const output = convolution.output.group;
    const total = convolution.batch * convolution.groups;
    const [{ entry, task, items }] = block.calls;
    const perMap = items / total;
    const { inputWord, targetWord, loaded, target } = block;
    const inputAddress = i32[inputWord];
    const targetAddress = i32[targetWord];
    // before anything is moved: these may throw
    const gate = this.#gate(block);
    const bring = loaded < 0 ? undefined : bringing(gate, x, beside);
    const take = target < 0 && !beside ? undefined : taking(gate, out, target < 0, beside);
    for (let first = 0; first < total; first += mapsTogether) {
      const end = Math.min(first + mapsTogether, total);
      if (bring) {
        bring(first * input, (end - first) * input, loaded);
        i32[inputWord] = inputAddress - FLOAT_BYTES * first * input;
      }
      if (target >= 0) i32[targetWord] = targetAddress - FLOAT_BYTES * first * output;
      this.#call(block, entry, task, first * perMap, end * perMap);
      take?.(first * output, (end - first) * output, target);
    }
    i32[inputWord] = inputAddress;
    i32[targetWord] = targetAddress;
  }

  /** Copies the input of a block into memory. */
  #load(block: Block, x: Tensor, beside: Beside | undefined): void {
    const { engine, plan } = this;
    const { loaded } = block;
    if (plan.blocks === 1 && !beside?.input) {
      engine.f32.set(attached(x), loaded / FLOAT_BYTES);
      return;
    }
    const bring = bringing(this.#gate(block), x, beside);
    if (plan.blocks === 1) bring(0, product(x.shape), loaded);
    else {
      block.loads ??= loadedPieces(plan, block);
      eachPiece(block.loads, (start, count, at) => bring(start, count, loaded + FLOAT_BYTES * at));
    }
  }

  /** Copies the output of a block out of memory, or finishes it where it is. */
  #store(block: Block, out: Tensor, beside: Beside | undefined): void {
    const { plan } = this;
    const { target } = block;
    if (plan.blocks === 1 && !beside) {
      const numbers = attached(out);
      numbers.set(this.#whole(block, numbers.length));
      return;
    }
    const take = taking(this.#gate(block), out, target < 0, beside);
    if (plan.blocks === 1) take(0, product(out.shape), target);
    else {
      block.stores ??= storedPieces(plan, block);
      eachPiece(block.stores, (start, count, at) => take(start, count, target + FLOAT_BYTES * at));
    }
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

/** The address of a tensor in wasm memory, or -1. */
function placeOf(tensor: Tensor): number {
  return tensor instanceof ResidentTensor ? tensor.address : -1;
}

/** @throws RangeError for channels of several images that are not those of the convolution */
function checkImages(tensor: Tensor, batch: number, { image }: MapStrides): void {
  const { shape } = tensor;
  if (stepOf(tensor) < 0 || (shape[0] === batch && image === product(shape.slice(1)))) return;
  throw new RangeError(
    `channels of a resident tensor: [${shape.join(', ')}] has them along axis 1, but is taken without a batch here; ` +
      'channels(from, count, { axis: 0 }) takes them of a tensor that has none',
  );
}
