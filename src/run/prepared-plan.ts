// Prepared plan: a plan with its memory. Copies the input in, calls the kernels block by block, copies the output out.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { attached, type Tensor } from '../core/tensor.js';
import { placeOf, stepOf } from '../engine/address.js';
import type { Engine } from '../engine/engine.js';
import { exactPlanOf } from '../plan/exact.js';
import { readsBeforeWriting } from '../plan/overwriting.js';
import type { Plan } from '../plan/plan.js';
import { planForCopies } from '../plan/portions.js';
import { changesResults, type Epilogue } from './activation.js';
import { type Alternative, alternative, type Substitute } from './alternative.js';
import type { Block } from './block.js';
import { isStagedInParts, loadAndStage, loadBlock, mapByMap, storeBlock } from './block-copies.js';
import { copyOf } from './delayed-outputs.js';
import { activateInputs, canActivateInputs, finishOutputs } from './kernel-epilogue.js';
import type { Parameters } from './parameters.js';
import { PlacedBlocks } from './placed-blocks.js';
import { Repair } from './repair.js';
import { runners, thisThread } from './runner.js';
import { apartFrom, checkImages, readOnce, shareNumbers } from './tensors.js';
import { ADDEND_BYTES, type Transfer } from './transfer.js';
import { PackedWeights, weightLayout } from './weights.js';

const NOTHING: Float32Array = new Float32Array(0);

/** A plan with wasm memory for its tasks and tables, and packed weights. It takes memory when it runs. */
export class PreparedPlan {
  /** its blocks, and the memory for their tasks and tables */
  readonly #blocks: PlacedBlocks;
  /** the plan for weights that are not finite, once it was needed */
  #exact: PreparedPlan | undefined;
  /** what computes again what a transform did not get finite, likewise */
  #repair: Repair | undefined;
  /** the plan in smaller blocks, with the same weights, for plain tensors; null: there is none, undefined: it was not asked for */
  #forCopies: PreparedPlan | null | undefined;
  #scratchBytes: number;
  /** what computes in the plan's stead, and who offered it */
  #substitute: Substitute | undefined;
  #offeredBy: Alternative | undefined;
  /** a view of the result in wasm memory, kept from call to call */
  #result: Float32Array = NOTHING;
  /** the number of the call that it computed last */
  #lastCall = -1;
  /** whether nobody keeps it any more */
  #isReleased = false;

  /** @param dropped is called when memory that it needs was given back to make room */
  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
    readonly dropped: () => void = () => {},
  ) {
    this.#scratchBytes = plan.bytes.scratch;
    this.#blocks = new PlacedBlocks(engine, plan, weights, dropped);
  }

  /**
   * Computes `out` from `x`, whose sizes are those of the convolution.
   * @param epilogue what else is done to inputs and results
   * @param isOver the output begins where the input does, with maps of the same sizes, so it is written over the input
   * @throws RangeError if memory is insufficient, or a tensor is a view of wasm memory that grew
   */
  run(x: Tensor, out: Tensor, parameters: Parameters, epilogue?: Epilogue, isOver = false): void {
    if (product(out.shape) === 0) return;
    x = readOnce(x);
    out = readOnce(out);
    if (epilogue?.add) epilogue = { ...epilogue, add: readOnce(epilogue.add) };
    const { current: runner } = runners;
    let input = x;
    this.engine.begin();
    this.#lastCall = this.engine.call;
    try {
      const isApart = stepOf(x) >= 0 || stepOf(out) >= 0;
      this.#checkApart(x, out, epilogue?.add);
      const substitute = isApart ? undefined : this.#currentSubstitute();
      const isCopied = isOver && (substitute !== undefined || this.#mixesMaps());
      if (isCopied) input = apartFrom(x);
      if (substitute?.run(input, out, parameters, epilogue)) return;
      // it may give up in its midst, so what it adds must not be written over
      const isPlain = !isOver && Math.min(placeOf(x), placeOf(out)) < 0;
      const smaller =
        isPlain && !(epilogue?.add && shareNumbers(epilogue.add, out)) ? this.#planForCopies() : null;
      // where something is not finite it gives up: what is computed again hangs together with the blocks of the whole plan
      const isDone = smaller ? smaller.#run(x, out, parameters, epilogue, false, true) : false;
      if (!isDone) this.#run(input, out, parameters, epilogue, isOver && !isCopied);
    } catch (error) {
      // tasks in memory may say what holds for a part of a call only
      this.#forgetBlocks();
      if (!runner.recovers?.(this.engine, error, input, out, epilogue?.add)) throw error;
      this.#run(input, out, parameters, epilogue, false);
    } finally {
      this.engine.end();
      runner.finish?.();
      if (this.#isReleased && this.engine.call === 0) this.#giveBack();
    }
  }

  /** Forgets all blocks: what memory has of them holds no more. */
  #forgetBlocks(): void {
    for (const plan of [this, this.#exact, this.#forCopies]) if (plan) plan.#blocks.forget();
    this.#repair?.forget();
  }

  /** Whether the call in progress computes with it. */
  get isRunning(): boolean {
    return this.engine.call === this.#lastCall;
  }

  /** What runs first where tensors are plain, if anything. */
  #planForCopies(): PreparedPlan | null {
    if (this.#forCopies !== undefined) return this.#forCopies;
    const { engine, plan, weights } = this;
    const smaller = planForCopies(plan);
    const isAlike = smaller && weightLayout(smaller) === weightLayout(plan);
    this.#forCopies = isAlike ? new PreparedPlan(engine, smaller, weights) : null;
    return this.#forCopies;
  }

  /** What computes in the plan's stead, if something is on offer now. */
  #currentSubstitute(): Substitute | undefined {
    const { current } = alternative;
    if (current !== this.#offeredBy) {
      this.#substitute?.release();
      this.#substitute = current?.of(this.engine, this.plan, this.dropped);
      this.#offeredBy = current;
    }
    return this.#substitute;
  }

  /** Whether outputs of a few maps that are computed together would be written over inputs of the next. */
  #mixesMaps(): boolean {
    const { mapsTogether, convolution } = this.plan;
    return mapsTogether > 0 && convolution.channels !== convolution.filters;
  }

  /**
   * Computes within a call.
   * @param givesUp where something is not finite
   * @returns false if it gave up
   */
  #run(
    x: Tensor,
    out: Tensor,
    parameters: Parameters,
    epilogue: Epilogue | undefined,
    isOver: boolean,
    givesUp = false,
  ): boolean {
    const { plan } = this;
    this.#blocks.prepare(parameters);
    if (!this.weights.isFinite && !plan.everyTap) {
      if (givesUp) return false;
      this.#exact ??= this.#exactly();
      return this.#exact.#run(x, out, parameters, epilogue, isOver);
    }
    this.#place(x, out, epilogue, isOver);
    const wait = isOver ? this.#blocks.waiting.blocks : 0;
    const waiting: Block[] = [];
    for (let index = 0; index < plan.blocks; index++) {
      let block = this.#blocks.activate(index);
      if (plan.mapsTogether > 0 && (block.loaded >= 0 || block.target >= 0)) {
        const [call] = block.calls;
        const compute = (begin: number, end: number) => this.#blocks.call(block, call, begin, end);
        mapByMap(plan, block, this.#transfer(block), x, out, epilogue, compute);
        return true;
      }
      const done = this.#load(block, x, epilogue);
      const left = finishOutputs(this.engine, block, out, epilogue);
      if (!this.#compute(block, index, done)) {
        if (givesUp) return false;
        block = this.#computeAgain(index, x, out, parameters, epilogue, isOver);
      }
      if (wait > 0) {
        waiting.push(block);
        if (index >= wait) this.#storeFirst(waiting, index, out, epilogue);
      } else if (block.target >= 0 || changesResults(left))
        this.#store(block, block.target, this.#transfer(block), out, left);
    }
    while (waiting.length > 0) this.#storeFirst(waiting, plan.blocks - 1, out, epilogue);
    return true;
  }

  /** Computes a block that is to be repaired, once that is prepared. */
  #computeAgain(
    index: number,
    x: Tensor,
    out: Tensor,
    parameters: Parameters,
    epilogue: Epilogue | undefined,
    isOver: boolean,
  ): Block {
    // what was read of an input that is written over may be there no more
    const kept = isOver ? this.#scratchNow() : undefined;
    this.#prepareRepair(parameters);
    // which took the scratch
    this.#place(x, out, epilogue, isOver);
    const block = this.#blocks.activate(index);
    const done = kept ? this.#putBack(kept, block) : this.#load(block, x, epilogue);
    finishOutputs(this.engine, block, out, epilogue);
    // its memory stays until the call ends
    if (!this.#compute(block, index, done)) throw new Error('a block is given up that was to be repaired');
    return block;
  }

  /** Stores the outputs of the first of the blocks that wait. The last one's tasks are those in memory. */
  #storeFirst(waiting: Block[], last: number, out: Tensor, epilogue: Epilogue | undefined): void {
    const transfer = this.#transfer(waiting[waiting.length - 1]);
    const target = this.#blocks.waitingAt(last + 1 - waiting.length);
    this.#store(waiting.shift()!, target, transfer, out, epilogue);
  }

  /**
   * Makes room, and notes where everything lies. Inputs that kernels cannot activate are copied in wherever they lie. Results come from
   * elsewhere where numbers that are still added, or inputs that are still read, lie where the output goes.
   */
  #place(x: Tensor, out: Tensor, epilogue: Epilogue | undefined, isOver: boolean): void {
    const room = aligned(this.#scratchBytes) + (epilogue?.add ? ADDEND_BYTES : 0);
    const isWaiting = isOver && this.#blocks.waiting.blocks > 0;
    const scratch = this.engine.reserve(room + (isWaiting ? this.#blocks.waiting.bytes : 0), this.plan.line);
    const input = epilogue?.input && !canActivateInputs(this.plan, epilogue.input) ? -1 : placeOf(x);
    const isElsewhere = isOver && (isWaiting || (input >= 0 && !readsBeforeWriting(this.plan)));
    // a few maps at a time, what is added and where the sum goes are brought into a cache but once
    const isApart = epilogue?.add && (this.plan.mapsTogether > 0 || shareNumbers(epilogue.add, out));
    const output = isApart || isElsewhere ? -1 : placeOf(out);
    this.#blocks.moveTo(scratch, input, output, stepOf(x), stepOf(out), isWaiting ? scratch + room : -1);
  }

  /** What lies in the scratch: what was read for a block, and the outputs that wait. */
  #scratchNow(): Float32Array[] {
    const { scratch, waiting } = this.#blocks.places;
    const read = copyOf(this.engine, scratch, this.plan.bytes.scratch);
    return waiting < 0 ? [read] : [read, copyOf(this.engine, waiting, this.#blocks.waiting.bytes)];
  }

  /**
   * Puts it back, wherever the scratch is now.
   * @returns how many of the block's calls need not be made: the one that stages
   */
  #putBack([read, outputs]: readonly Float32Array[], { calls }: Block): number {
    const { f32 } = this.engine;
    f32.set(read, this.#blocks.places.scratch / FLOAT_BYTES);
    if (outputs) f32.set(outputs, this.#blocks.places.waiting / FLOAT_BYTES);
    return calls[0].entry === 'stage' ? 1 : 0;
  }

  /** @throws RangeError for channels of several images where a call counts the images otherwise */
  #checkApart(x: Tensor, out: Tensor, add: Tensor | undefined): void {
    const { batch, input, output } = this.plan.convolution;
    checkImages(x, batch, input);
    checkImages(out, batch, output);
    if (add) checkImages(add, batch, output);
  }

  /** Gives back what a call took that was prepared before others forgot the plan, and ran afterwards. */
  #giveBack(): void {
    this.release();
    this.weights.release();
  }

  /** Gives the tables back; the weights belong to others. */
  release(): void {
    this.#isReleased = true;
    this.#exact?.weights.release();
    this.#exact?.release();
    this.#exact = undefined;
    this.#repair?.release();
    this.#repair = undefined;
    this.#substitute?.release();
    this.#blocks.release();
    this.#forCopies?.release();
    this.#forCopies = undefined;
  }

  /** Carries out the calls of a block, from one on; false where something has to be repaired first and nothing is prepared for it. */
  #compute(block: Block, index: number, first: number): boolean {
    const { i32 } = this.engine;
    const flag = block.workspace / WORD_BYTES;
    i32[flag] = 0;
    for (let call = first; call < block.calls.length; call++) {
      this.#blocks.call(block, block.calls[call]);
      if (i32[flag] === 0) continue;
      if (!this.#repair?.isReady(this.weights.packings)) return false;
      this.#repair.run(block, index, call, this.#blocks.places);
      i32[flag] = 0;
    }
    return true;
  }

  /** Prepares the repair of a block that is given up. What lies in the scratch is lost. */
  #prepareRepair(parameters: Parameters): void {
    // the notes in the tables stay from the call that is given up
    this.#blocks.rewrite();
    this.#repair ??= new Repair(this.engine, this.plan);
    this.#repair.prepare(parameters, this.weights.packings);
    this.#scratchBytes = Math.max(this.#scratchBytes, this.#repair.scratchBytes);
  }

  /** The plan for weights that are not finite, with weights of its own. */
  #exactly(): PreparedPlan {
    const plan = exactPlanOf(this.plan.convolution);
    return new PreparedPlan(this.engine, plan, new PackedWeights(this.engine, plan));
  }

  /** What a block works with where numbers pass. */
  #transfer(block: Block): Transfer {
    const { engine } = this;
    const task = block.finished;
    const room = this.#blocks.places.scratch + aligned(this.#scratchBytes);
    const finish = (items: number, microseconds: number) =>
      this.#blocks.call(block, { entry: 'finish', task, items, microseconds });
    return { engine, task, room, call: finish };
  }

  /**
   * Brings the input of a block to where its kernels read it.
   * @returns how many of the block's calls it made: the one that stages, where maps are staged as they come
   */
  #load(block: Block, x: Tensor, epilogue: Epilogue | undefined): number {
    const made = block.loaded < 0 ? 0 : this.#copyIn(block, x, epilogue);
    activateInputs(this.engine, block, epilogue?.input);
    return made;
  }

  #copyIn(block: Block, x: Tensor, epilogue: Epilogue | undefined): number {
    const { plan } = this;
    // several threads stage all maps sooner together: 1.1 for n1 g1 c320 f4 i96x96 k3x3 p1x1 with two
    if (runners.current === thisThread && isStagedInParts(plan, block)) {
      const [call] = block.calls;
      const stage = (begin: number, end: number) => this.#blocks.call(block, call, begin, end);
      loadAndStage(plan, block, this.#transfer(block), x, epilogue, stage);
      return 1;
    }
    if (plan.blocks === 1 && !epilogue?.input) this.engine.f32.set(attached(x), block.loaded / FLOAT_BYTES);
    else loadBlock(plan, block, this.#transfer(block), x, epilogue);
    return 0;
  }

  /** Copies the output of a block out of memory, or finishes it where it is. The transfer is that of the block whose tasks are in memory. */
  #store(
    block: Block,
    target: number,
    transfer: Transfer,
    out: Tensor,
    epilogue: Epilogue | undefined,
  ): void {
    if (this.plan.blocks === 1 && !epilogue && stepOf(out) < 0) {
      const numbers = attached(out);
      numbers.set(this.#whole(block, numbers.length));
    } else storeBlock(this.plan, block, target, transfer, out, epilogue);
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
