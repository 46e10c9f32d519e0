// Placed blocks: the blocks of a plan for the places where its numbers lie, and memory for the tasks and tables of one of them at a time.

import { WORD_BYTES } from '../core/bytes.js';
import { Cached } from '../engine/cached.js';
import type { Engine } from '../engine/engine.js';
import type { Plan } from '../plan/plan.js';
import { type Block, blockOf } from './block.js';
import type { Places } from './block-layouts.js';
import { DelayedOutputs } from './delayed-outputs.js';
import type { Parameters } from './parameters.js';
import { type Call, runners } from './runner.js';
import { tableBytes } from './table-bytes.js';
import type { PackedWeights } from './weights.js';

/** Words of blocks that a plan keeps from call to call, at most: building a block takes some ten microseconds. */
const MOST_WORDS = 1 << 18;

/**
 * About the bytes of JavaScript that go with a plan, beside twice its tables: 10 to 25 KB were measured for layers of 1 to 256 channels,
 * 95 for 1023 taps.
 */
const PLAN_BYTES = 16 << 10;

/** Where the numbers of a call lie. */
export interface CallPlaces extends Places {
  /** outputs that wait until they may be written over inputs; -1: none do */
  readonly waiting: number;
}

export class PlacedBlocks {
  readonly #tables: Cached;
  /** the blocks that are kept, by their index, and the words of all that were built */
  #kept: Block[] = [];
  #keptWords = 0;
  /** the tasks and tables that lie in memory */
  #words: Int32Array | undefined;
  #places: CallPlaces | undefined;
  /** where outputs wait, once it was asked for */
  #waits: DelayedOutputs | undefined;

  /** @param dropped is called when the memory was given back to make room */
  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
    dropped: () => void,
  ) {
    this.#tables = new Cached(engine, engine.plans, engine.plans, dropped);
  }

  /** For which places the blocks are, once that was noted. */
  get places(): CallPlaces {
    return this.#places!;
  }

  /** Whether all memory is there, which then stays until the call ends. */
  use(): boolean {
    return this.#tables.use() && this.weights.use();
  }

  /**
   * Makes sure of memory for tasks and tables, and of packed weights. What lies in the scratch is lost.
   * @throws RangeError if memory is insufficient
   */
  prepare(parameters: Parameters): void {
    const { engine, plan } = this;
    runners.current.prepare?.(engine, plan);
    if (!this.#tables.use()) this.#takeTables();
    this.weights.refresh(plan, parameters);
  }

  #takeTables(): void {
    const { plan } = this;
    const bytes = tableBytes(plan);
    const blocks = Math.min(WORD_BYTES * MOST_WORDS, plan.blocks * bytes);
    this.#tables.take(bytes, PLAN_BYTES + bytes + blocks, `the tables of ${plan.line}`);
    this.forget();
  }

  /** Gives the tables back; the weights may belong to others. */
  release(): void {
    this.#tables.release();
  }

  /** Notes where everything lies beside the weights, which say so themselves. Blocks for other places will be built again. */
  moveTo(
    scratch: number,
    input: number,
    output: number,
    inputStep: number,
    outputStep: number,
    waiting: number,
  ): void {
    const at = this.#places;
    const weights = this.weights.address;
    const isSame =
      at?.scratch === scratch && at.weights === weights && at.input === input && at.output === output;
    if (isSame && at.inputStep === inputStep && at.outputStep === outputStep && at.waiting === waiting)
      return;
    this.#places = { scratch, weights, input, output, inputStep, outputStep, waiting };
    this.forget();
  }

  /** Puts the tasks and tables of a block into memory, unless they are there. */
  activate(index: number): Block {
    const block = this.#kept[index] ?? this.#build(index);
    if (this.#words !== block.words) this.engine.i32.set(block.words, this.#tables.address / WORD_BYTES);
    this.#words = block.words;
    return block;
  }

  /** Carries out some items of a call of a block, which is in memory. */
  call({ workspace }: Block, { entry, task, items, microseconds }: Call, begin = 0, end = items): void {
    const part = microseconds * ((end - begin) / items);
    runners.current.run(this.engine, entry, task, workspace, begin, end, part, this.plan.bytes.areas);
  }

  /** Writes the tasks and tables once more, when a block is next asked for. */
  rewrite(): void {
    this.#words = undefined;
  }

  /** Forgets all blocks: they were built for other places. */
  forget(): void {
    this.#kept = [];
    this.#keptWords = 0;
    this.#words = undefined;
  }

  /** How outputs wait that take the place of inputs. */
  get waiting(): DelayedOutputs {
    this.#waits ??= new DelayedOutputs(this.plan);
    return this.#waits;
  }

  /** Where the outputs of a block wait, or -1. */
  waitingAt(index: number): number {
    const { waiting } = this.places;
    return waiting < 0 ? -1 : this.waiting.at(waiting, index);
  }

  /** Builds a block, and keeps it if there are few. */
  #build(index: number): Block {
    const { plan, weights } = this;
    const target = this.waitingAt(index);
    const tables = this.#tables.address;
    const block = blockOf(plan, index, { ...this.places, tables, bias: weights.bias, target });
    this.#keptWords += block.words.length;
    if (this.#keptWords <= MOST_WORDS) this.#kept[index] = block;
    return block;
  }
}
