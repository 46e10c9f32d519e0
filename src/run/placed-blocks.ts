// Placed blocks: the blocks of a plan at the addresses of the current call and of the one before. Their tasks and tables share one range of
// wasm memory.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { Cached } from '../engine/cached.js';
import type { Engine } from '../engine/engine.js';
import { outputDelay } from '../plan/overwriting.js';
import type { Plan } from '../plan/plan.js';
import { Block } from './block.js';
import type { Places } from './block-layouts.js';
import type { Parameters } from './parameters.js';
import { type Call, runners } from './runner.js';
import { tableBytes } from './table-bytes.js';
import type { PackedWeights } from './weights.js';

/** Words of blocks that a plan keeps from call to call at the same places, at most: building a block takes some ten microseconds. */
const MOST_WORDS = 1 << 18;

/**
 * Approximate bytes of a plan's JavaScript objects, in addition to three times its tables: 10 to 25 KB for layers of 1 to 256 channels,
 * 95 KB for 1023 taps.
 */
const PLAN_BYTES = 16 << 10;

/** Where the numbers of a call lie. */
export interface CallPlaces extends Places {
  /** a ring of buffers for the outputs of an in-place call that must not overwrite inputs yet; -1: there is none */
  readonly delayed: number;
}

function areSame(one: CallPlaces, other: CallPlaces): boolean {
  return (
    one.scratch === other.scratch &&
    one.weights === other.weights &&
    one.input === other.input &&
    one.output === other.output &&
    one.inputStep === other.inputStep &&
    one.outputStep === other.outputStep &&
    one.delayed === other.delayed
  );
}

/** The blocks at some places. */
interface Placement {
  readonly places: CallPlaces;
  /** the blocks that are kept, by their index */
  readonly blocks: Block[];
}

/** What lies in the scratch: what was read for a block, and the delayed outputs. */
type SavedScratch = readonly [read: Float32Array, outputs?: Float32Array];

export class PlacedBlocks {
  readonly #tables: Cached;
  #current: Placement | undefined;
  /** the one before: a layer may read and write two tensors in turn, or be called with plain and with resident ones */
  #other: Placement | undefined;
  /** the tasks and tables that lie in memory */
  #words: Int32Array | undefined;
  /** the delay of an in-place call, once it is known */
  #delay: number | undefined;

  /** @param onEvict is called when the memory was released to make room */
  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
    onEvict: () => void,
  ) {
    this.#tables = new Cached(engine, engine.plans, engine.plans, onEvict);
  }

  /** The places of the current call, after `moveTo`. */
  get places(): CallPlaces {
    return this.#current!.places;
  }

  /** Whether tables and packed weights have memory. If so, they keep it until the call ends. */
  use(): boolean {
    return this.#tables.use() && this.weights.use();
  }

  /**
   * Allocates memory for tasks and tables, and packs the weights if they changed. This overwrites the scratch.
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
    this.#tables.take(bytes, PLAN_BYTES + bytes + 2 * blocks, `the tables of ${plan.line}`);
    this.forget();
  }

  /** Releases the tables, but not the weights: other plans may share them. */
  release(): void {
    this.#tables.release();
  }

  /** Sets the places of the current call. At other places than those of the last two, blocks are built anew. */
  moveTo(places: CallPlaces): void {
    const current = this.#current;
    if (current && areSame(current.places, places)) return;
    const other = this.#other;
    this.#current = other && areSame(other.places, places) ? other : { places, blocks: [] };
    this.#other = current;
  }

  /** Selects a block: afterwards its tasks and tables lie in memory. */
  select(index: number): Block {
    const block = this.#current!.blocks[index] ?? this.#build(index);
    if (this.#words !== block.words) this.engine.i32.set(block.words, this.#tables.address / WORD_BYTES);
    this.#words = block.words;
    return block;
  }

  /** Runs some items of a call of the selected block. */
  call({ workspace }: Block, { entry, task, items, microseconds }: Call, begin = 0, end = items): void {
    const part = microseconds * ((end - begin) / items);
    runners.current.run(this.engine, entry, task, workspace, begin, end, part, this.plan.bytes.areas);
  }

  /** Makes the next `select` write tasks and tables even if they lie in memory. */
  rewrite(): void {
    this.#words = undefined;
  }

  /** Forgets all blocks. */
  forget(): void {
    this.#current = undefined;
    this.#other = undefined;
    this.#words = undefined;
  }

  /** How many blocks later an in-place call stores the outputs of a block; 0: at once. */
  get delay(): number {
    return (this.#delay ??= outputDelay(this.plan));
  }

  /** Bytes of the ring: a buffer for each delayed block, and one for the current block. */
  get delayedBytes(): number {
    return this.delay > 0 ? (this.delay + 1) * aligned(this.plan.bytes.target) : 0;
  }

  /** The address of a block's buffer in the ring; -1 where no outputs are delayed. */
  delayedAt(index: number): number {
    const { delayed } = this.places;
    return delayed < 0 ? -1 : delayed + (index % (this.delay + 1)) * aligned(this.plan.bytes.target);
  }

  /** Copies what the scratch holds of a call. */
  saveScratch(): SavedScratch {
    const { scratch, delayed } = this.places;
    const copyOf = (address: number, end: number) =>
      this.engine.f32.slice(address / FLOAT_BYTES, end / FLOAT_BYTES);
    const read = copyOf(this.#firstRead, scratch + this.plan.bytes.scratch);
    return delayed < 0 ? [read] : [read, copyOf(delayed, delayed + this.delayedBytes)];
  }

  /** The address of what was read for a block: loaded inputs if they were copied, and staged ones. */
  get #firstRead(): number {
    const { scratch, input } = this.places;
    return input < 0 ? scratch : scratch + this.plan.bytes.stagedAt;
  }

  /**
   * Writes a copy of the scratch to where the scratch is now.
   * @returns how many calls of the block are done with it: the one that stages
   */
  restoreScratch([read, outputs]: SavedScratch, { calls }: Block): number {
    const { f32 } = this.engine;
    f32.set(read, this.#firstRead / FLOAT_BYTES);
    if (outputs) f32.set(outputs, this.places.delayed / FLOAT_BYTES);
    return calls[0].entry === 'stage' ? 1 : 0;
  }

  /** Builds a block, and keeps it unless too many are kept. */
  #build(index: number): Block {
    const { plan, weights } = this;
    const target = this.delayedAt(index);
    const tables = this.#tables.address;
    const block = new Block(plan, index, { ...this.places, tables, bias: weights.bias, target });
    // the blocks of a plan have about as many words each
    if ((index + 1) * block.words.length <= MOST_WORDS) this.#current!.blocks[index] = block;
    return block;
  }
}
