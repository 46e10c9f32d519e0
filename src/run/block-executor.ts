// Block executor: computes a convolution by one plan, block by block: copies the input in, calls the kernels, copies the output out.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { copiers } from '../core/copy.js';
import { attached } from '../core/tensor.js';
import { placeOf, stepOf } from '../engine/address.js';
import type { Engine } from '../engine/engine.js';
import { readsBeforeWriting } from '../plan/overwriting.js';
import type { Plan } from '../plan/plan.js';
import { changesResults, type Epilogue } from './activation.js';
import type { Implementation } from './alternative.js';
import type { Block } from './block.js';
import { isStagedInParts, loadAndStage, mapByMap, storeBlock } from './block-copies.js';
import { canFuseInput, fuseInput, fuseOutput } from './kernel-epilogue.js';
import type { Operands } from './operands.js';
import { PlacedBlocks } from './placed-blocks.js';
import { Repair } from './repair.js';
import { runners, thisThread } from './runner.js';
import { shareNumbers } from './tensors.js';
import { ADDEND_BYTES, loadSegments, type Transfer } from './transfer.js';
import type { PackedWeights } from './weights.js';

const NOTHING: Float32Array = new Float32Array(0);

/** Computes calls by one plan. It declines those with weights that are not finite, unless the plan multiplies every tap. */
export class BlockExecutor implements Implementation {
  readonly #blocks: PlacedBlocks;
  #scratchBytes: number;
  /** recomputes outputs that are not finite; undefined until it is needed */
  #repair: Repair | undefined;
  /** a view of the result in wasm memory, kept from call to call */
  #result: Float32Array = NOTHING;

  /**
   * @param onEvict is called when its memory was released to make room
   * @param repairs whether outputs of a transform that are not finite are recomputed; otherwise such calls are declined
   */
  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
    onEvict: () => void = () => {},
    readonly repairs = true,
  ) {
    this.#scratchBytes = plan.bytes.scratch;
    this.#blocks = new PlacedBlocks(engine, plan, weights, onEvict);
  }

  run(call: Operands): boolean {
    const { engine, plan } = this;
    const blocks = this.#blocks;
    blocks.prepare(call.parameters);
    if (!this.weights.isFinite && !plan.everyTap) return false;
    this.#place(call);
    const delay = call.inPlace ? blocks.delay : 0;
    const delayed: Block[] = [];
    for (let index = 0; index < plan.blocks; index++) {
      let block = blocks.select(index);
      if (plan.mapsAtOnce > 0 && (block.loaded >= 0 || block.target >= 0)) {
        mapByMap(block, this.#transfer(block), call, this.#firstCall(block));
        return true;
      }
      const done = this.#load(block, call);
      const rest = fuseOutput(engine, block, call);
      if (!this.#compute(block, index, done)) {
        if (!this.repairs) return false;
        block = this.#recompute(index, call);
      }
      if (delay > 0) {
        delayed.push(block);
        this.#storeDelayed(delayed, delay, index, call);
      } else if (block.target >= 0 || changesResults(rest))
        this.#store(block, block.target, this.#transfer(block), call, rest);
    }
    this.#storeDelayed(delayed, 0, plan.blocks - 1, call);
    return true;
  }

  /**
   * Reserves the scratch and decides where the kernels read and write. They read a copy of inputs that they can't activate. They don't write
   * to the output where numbers that are still to be added, or inputs that are still to be read, lie there.
   */
  #place({ input, output, epilogue, inPlace }: Operands): void {
    const { plan, engine } = this;
    const blocks = this.#blocks;
    const add = epilogue?.add;
    const room = aligned(this.#scratchBytes) + (add ? ADDEND_BYTES : 0);
    const delayedBytes = inPlace ? blocks.delayedBytes : 0;
    const read = epilogue?.input && !canFuseInput(plan, epilogue.input) ? -1 : placeOf(input);
    const overwrites = inPlace && (delayedBytes > 0 || (read >= 0 && !readsBeforeWriting(plan)));
    // a few maps at a time, both the addend and the sum then pass through the cache once
    const addsLater = add && (plan.mapsAtOnce > 0 || shareNumbers(add, output));
    const written = addsLater || overwrites ? -1 : placeOf(output);
    const copiesNothing = read >= 0 && written >= 0 && plan.storesDirectly;
    // what such a call does not use of the scratch lies before its memory
    const unused = copiesNothing ? plan.bytes.stagedAt : 0;
    const scratch = engine.reserve(room + delayedBytes - unused, plan.line) - unused;
    blocks.moveTo({
      scratch,
      weights: this.weights.address,
      input: read,
      output: written,
      inputStep: stepOf(input),
      outputStep: stepOf(output),
      delayed: delayedBytes > 0 ? scratch + room : -1,
    });
  }

  /**
   * Brings the input of a block to where its kernels read it.
   * @returns how many of the block's calls are done: the one that stages, where maps are staged as they are copied
   */
  #load(block: Block, call: Operands): number {
    const { engine, plan } = this;
    const { epilogue, input } = call;
    fuseInput(engine, block, epilogue?.input);
    if (block.loaded < 0) return 0;
    // several threads stage all maps sooner together: 1.1 for n1 g1 c320 f4 i96x96 k3x3 p1x1 with two
    if (runners.current === thisThread && isStagedInParts(block)) {
      loadAndStage(block, this.#transfer(block), call, this.#firstCall(block));
      return 1;
    }
    if (plan.blocks === 1 && !epilogue?.input)
      copiers.current(attached(input), engine.f32, block.loaded / FLOAT_BYTES);
    else loadSegments(block.loads, this.#transfer(block), call, block.loaded);
    return 0;
  }

  /** Runs some items of the first call of a block. */
  #firstCall(block: Block): (begin: number, end: number) => void {
    const [call] = block.calls;
    return (begin, end) => this.#blocks.call(block, call, begin, end);
  }

  /**
   * Runs the calls of a block and repairs their outputs.
   * @param first the first call that is not done yet
   * @returns false where an output is not finite and no repair is ready
   */
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

  /** Prepares the repair, which overwrites the scratch, and computes a block once more. */
  #recompute(index: number, call: Operands): Block {
    // the block's input may be overwritten already where it came from
    const saved = call.inPlace ? this.#blocks.saveScratch() : undefined;
    // which outputs are not finite is still marked in the tables of the block
    this.#blocks.rewrite();
    this.#repair ??= new Repair(this.engine, this.plan);
    this.#repair.prepare(call.parameters, this.weights.packings);
    this.#scratchBytes = Math.max(this.#scratchBytes, this.#repair.scratchBytes);
    this.#place(call);
    const block = this.#blocks.select(index);
    const done = saved ? this.#blocks.restoreScratch(saved, block) : this.#load(block, call);
    fuseOutput(this.engine, block, call);
    if (!this.#compute(block, index, done))
      throw new Error('the memory of a repair was released in its call');
    return block;
  }

  /**
   * Stores the outputs of delayed blocks, the oldest first, until some are left.
   * @param last the index of the newest, whose tasks are in memory
   */
  #storeDelayed(delayed: Block[], left: number, last: number, call: Operands): void {
    while (delayed.length > left) {
      const transfer = this.#transfer(delayed[delayed.length - 1]);
      // the scratch may have moved since they were computed
      const target = this.#blocks.delayedAt(last + 1 - delayed.length);
      this.#store(delayed.shift()!, target, transfer, call, call.epilogue);
    }
  }

  /**
   * Copies the outputs of a block out of wasm memory, or finishes them where they are.
   * @param target where they are; -1 in the output
   * @param transfer that of the block whose tasks are in memory
   * @param rest what kernels did not do of the epilogue
   */
  #store(
    block: Block,
    target: number,
    transfer: Transfer,
    { output }: Operands,
    rest: Epilogue | undefined,
  ): void {
    if (this.plan.blocks === 1 && !rest && stepOf(output) < 0) {
      const numbers = attached(output);
      copiers.current(this.#whole(block, numbers.length), numbers, 0);
    } else storeBlock(block, target, transfer, output, rest);
  }

  /** The result of a single block: one view, kept as long as memory stays where it is. */
  #whole({ target }: Block, length: number): Float32Array {
    const { buffer } = this.engine.f32;
    if (this.#result.buffer !== buffer || this.#result.byteOffset !== target)
      this.#result = new Float32Array(buffer, target, length);
    return this.#result;
  }

  #transfer(block: Block): Transfer {
    const { engine } = this;
    const task = block.outputFinish;
    const room = this.#blocks.places.scratch + aligned(this.#scratchBytes);
    const call = (items: number, microseconds: number) =>
      this.#blocks.call(block, { entry: 'finish', task, items, microseconds });
    return { engine, task, room, call };
  }

  /** Forgets all blocks, so that the next call writes their tasks again. */
  forgetBlocks(): void {
    this.#blocks.forget();
    this.#repair?.forget();
  }

  /** Releases its memory but that of the packed weights, which others may share. */
  release(): void {
    this.#repair?.release();
    this.#repair = undefined;
    this.#blocks.release();
  }
}
