// Repair: computes again what a transform did not get finite. A transform spreads NaN and infinity over a tile; direct sums have them where
// they belong.

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

/** The word of a task with the address of its notes. */
const NOTES = wordOf(new WinogradTask(), 'notes');

/** A plan by direct sums for the blocks of a plan with a transform, with packed weights of its own. */
export class Repair {
  readonly #blocks: PlacedBlocks;
  /** how often the transformed weights had been packed when these were */
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
   * Makes ready. What lies in the scratch is lost.
   * @param packings how often the transformed weights were packed: by that is known later whether these are the same
   * @throws RangeError if memory is insufficient
   */
  prepare(parameters: Parameters, packings: number): void {
    this.#blocks.prepare(parameters);
    this.#packings = packings;
  }

  /** Whether it was made ready for the same weights and its memory is there, which then stays until the call ends. */
  isReady(packings: number): boolean {
    return this.#packings === packings && this.#blocks.use();
  }

  /**
   * Computes again what a call of a block noted as not finite, by the same block of its own plan.
   * @param places where the other plan's blocks are
   */
  run(block: Block, index: number, call: number, places: CallPlaces): void {
    const { i32 } = this.engine;
    const { scratch, input, output, inputStep, outputStep, waiting } = places;
    this.#blocks.moveTo(scratch, input, output, inputStep, outputStep, waiting);
    const direct = this.#blocks.activate(index);
    const { plan, images, counts: sizes } = block;
    const { groups } = plan.convolution;
    const tile = present(plan.tile, 'a transform');
    const task = block.calls[call].task / WORD_BYTES;
    // an address from 2 GiB on is negative as a word
    const first = (i32[task + NOTES] >>> 0) / WORD_BYTES;
    const notes = i32.subarray(first, first + groups * panelsOf(tile, sizes, images));
    const again = direct.calls[call];
    i32[again.task / WORD_BYTES + FINISH] = i32[task + FINISH];
    const parts = again.items / (groups * Math.ceil((images * product(sizes)) / TILE_PIXELS));
    const items = itemsToRepair(notes, tile, sizes, images, groups, parts);
    notes.fill(0);
    for (const { first: begin, count } of items) this.#blocks.call(direct, again, begin, begin + count);
  }

  /** Forgets its blocks: what memory has of them holds no more. */
  forget(): void {
    this.#blocks.forget();
  }

  /** Gives its memory back. */
  release(): void {
    this.#blocks.weights.release();
    this.#blocks.release();
  }
}
