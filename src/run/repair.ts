// Repair: recomputes non-finite outputs of a transform by direct sums. A transform spreads NaN and infinity over a tile; direct sums have
// them only where they belong.

import { WORD_BYTES } from '../core/bytes.js';
import { present } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Engine } from '../engine/engine.js';
import { panelsOf } from '../plan/algorithms/winograd-tile.js';
import { repairPlanOf } from '../plan/exact.js';
import type { Plan } from '../plan/plan.js';
import { TILE_PIXELS } from '../shared/sizes.js';
import { WinogradTask } from '../shared/task.js';
import type { Block } from './block.js';
import { itemsToRepair } from './items-to-repair.js';
import { FINISH } from './kernel-epilogue.js';
import type { Parameters } from './parameters.js';
import { type CallPlaces, PlacedBlocks } from './placed-blocks.js';
import { wordOf } from './task-writer.js';
import { PackedWeights } from './weights.js';

/** The word of a task with the address of its marks: which panels have outputs that are not finite. */
const MARKS = wordOf(new WinogradTask(), 'marks');

/** The direct plan for the blocks of a plan with a transform, and its packed weights. */
export class Repair {
  readonly #blocks: PlacedBlocks;
  /** `packings` of the transformed weights when these were packed */
  #packings = -1;

  constructor(
    readonly engine: Engine,
    plan: Plan,
  ) {
    const direct = repairPlanOf(plan);
    this.#blocks = new PlacedBlocks(engine, direct, new PackedWeights(engine, direct), () => {});
  }

  /** Bytes of scratch that it needs. */
  get scratchBytes(): number {
    return this.#blocks.plan.bytes.scratch;
  }

  /**
   * Allocates memory and packs the weights. This overwrites the scratch.
   * @param packings how often the transformed weights have been packed, by which `isReady` knows whether these are the same
   * @throws RangeError if memory is insufficient
   */
  prepare(parameters: Parameters, packings: number): void {
    this.#blocks.prepare(parameters);
    this.#packings = packings;
  }

  /** Whether it is prepared for these weights. If so, it keeps its memory until the call ends. */
  isReady(packings: number): boolean {
    return this.#packings === packings && this.#blocks.use();
  }

  /**
   * Recomputes the outputs that a call of a block marked as not finite.
   * @param places of the plan with the transform
   */
  run(block: Block, index: number, call: number, places: CallPlaces): void {
    const { i32 } = this.engine;
    this.#blocks.moveTo({ ...places, weights: this.#blocks.weights.address });
    const direct = this.#blocks.select(index);
    const [{ entry }] = block.calls;
    const { plan, images, counts: sizes } = block;
    const { groups } = plan.convolution;
    const tile = present(plan.tile, 'tile for winograd');
    const task = block.calls[call].task / WORD_BYTES;
    // an address from 2 GiB on is negative as a word
    const first = (i32[task + MARKS] >>> 0) / WORD_BYTES;
    const marks = i32.subarray(first, first + groups * panelsOf(tile, sizes, images));
    // classes of outputs that only read the same by completed phases are computed one by one
    const sets = plan.classes / direct.plan.classes;
    const staging = entry === 'stage' ? 1 : 0;
    const from = staging + (call - staging) * sets;
    for (const again of direct.calls.slice(from, from + sets)) {
      i32[again.task / WORD_BYTES + FINISH] = i32[task + FINISH];
      const parts = again.items / (groups * Math.ceil((images * product(sizes)) / TILE_PIXELS));
      const items = itemsToRepair(marks, tile, block, parts);
      for (const { first: begin, count } of items) this.#blocks.call(direct, again, begin, begin + count);
    }
    marks.fill(0);
  }

  /** Forgets its blocks, so that the next call writes their tasks again. */
  forget(): void {
    this.#blocks.forget();
  }

  /** Releases its memory. */
  release(): void {
    this.#blocks.weights.release();
    this.#blocks.release();
  }
}
