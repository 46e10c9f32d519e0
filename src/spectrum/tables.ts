// Twiddle-factor tables in the engine's memory, computed at first use and cached. A tree also serves all smaller sizes.

import { WORD_BYTES } from '../core/bytes.js';
import { Cached } from '../engine/cached.js';
import type { Engine } from '../engine/engine.js';
import { anglesOf, headOf, type Numbers, treeOf } from './factors.js';
import {
  depthsOf,
  isThreefold,
  type Precision,
  positionsOfColumn,
  positionsOfRow,
  treeBytes,
} from './sizes.js';

/** Bytes of the numbers before the trees' addresses, and of everything before the trees. */
export const HEAD_BYTES = 128;
export const HEAD_AND_ADDRESSES = 192;

/** The size of a block: numbers of a row, rows, planes. */
export interface BlockSizes {
  readonly length: number;
  readonly rows: number;
  readonly planes: number;
}

/** The memory of a tree, and the depth that it was computed to. */
interface Tree {
  readonly memory: Cached;
  depths: number;
}

/** The tables of one precision. */
export class Tables {
  readonly #head: Cached;
  readonly #trees: readonly Tree[];

  private constructor(
    readonly engine: Engine,
    readonly precision: Precision,
  ) {
    const cached = () => new Cached(engine, engine.plans, engine.plans, () => {});
    this.#head = cached();
    this.#trees = [0, 1, 2, 3].map(() => ({ memory: cached(), depths: 0 }));
  }

  static readonly #all = { float32: new WeakMap<Engine, Tables>(), float64: new WeakMap<Engine, Tables>() };

  /** The tables of an engine. */
  static of(engine: Engine, precision: Precision): Tables {
    const all = Tables.#all[precision];
    let tables = all.get(engine);
    if (!tables) all.set(engine, (tables = new Tables(engine, precision)));
    return tables;
  }

  /**
   * Completes the tables for blocks of these sizes and returns their address, which is valid for the current call.
   * @throws RangeError if memory is insufficient
   */
  for({ length, rows, planes }: BlockSizes): number {
    const { precision } = this;
    const depths = [0, 0];
    const need = (size: number, positions: number) => {
      const kind = isThreefold(size) ? 1 : 0;
      depths[kind] = Math.max(depths[kind], depthsOf(positions));
    };
    need(length, positionsOfRow(length, precision));
    for (const count of [rows, planes]) need(count, positionsOfColumn(count, precision));

    if (!this.#head.use()) {
      this.#head.take(HEAD_AND_ADDRESSES, 0, 'the tables of a transform');
      this.#write(this.#head.address, headOf(precision));
    }
    const addresses = this.#trees.map((tree, which) => this.#grown(tree, which, depths[which && 1]));
    this.engine.i32.set(addresses, (this.#head.address + HEAD_BYTES) / WORD_BYTES);
    return this.#head.address;
  }

  /** The address of a tree of at least this depth; 0 if none is needed. */
  #grown(tree: Tree, which: number, depths: number): number {
    if (depths === 0) return 0;
    const { memory } = tree;
    if (memory.use() && tree.depths >= depths) return memory.address;
    memory.release();
    memory.take(treeBytes(depths), 0, 'the tables of a transform');
    tree.depths = depths;
    this.#write(memory.address, treeOf(anglesOf(which, this.precision), depths, this.precision));
    return memory.address;
  }

  #write(address: number, numbers: Numbers): void {
    new Uint8Array(this.engine.f32.buffer, address).set(new Uint8Array(numbers.buffer));
  }
}

/** Bytes of all tables for blocks of these sizes. */
export function tableBytes({ length, rows, planes }: BlockSizes, precision: Precision): number {
  const bytes = [length, rows, planes].map((size, axis) => {
    const positions = axis === 0 ? positionsOfRow(size, precision) : positionsOfColumn(size, precision);
    return treeBytes(depthsOf(positions)) * (isThreefold(size) ? 3 : 1);
  });
  return HEAD_AND_ADDRESSES + Math.max(...bytes);
}
