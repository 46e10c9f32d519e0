// The FFTs of a stream: those of src/spectrum, with tables and tasks in the stream's own memory, so that nothing is allocated or released
// while it runs.

import { WORD_BYTES } from '../../core/bytes.js';
import type { Engine } from '../../engine/engine.js';
import { lazyEntry } from '../../engine/lazy-module.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import { anglesOf, headOf, type Numbers, treeOf } from '../../spectrum/factors.js';
import { signalModule } from '../../spectrum/module.js';
import { depthsOf, type Precision, positionsOfRow, treeBytes } from '../../spectrum/sizes.js';
import { HEAD_AND_ADDRESSES, HEAD_BYTES } from '../../spectrum/tables.js';
import { modes, scaleOf, TRANSFORM_BYTES } from '../../spectrum/transform.js';
import type { StreamTransform, StreamTransforms } from './memory.js';

/** Index of the word of a task that holds the address of the spectrum. */
const SPECTRUM = 1;

/** Forward and inverse FFT of rows of one size. */
class RowTransform implements StreamTransform {
  readonly scale: number;
  readonly #entry: SignalEntries['transformRows'];

  /** @param tasks address of the forward task, which the inverse task follows */
  constructor(
    readonly engine: Engine,
    size: number,
    precision: Precision,
    tables: number,
    readonly tasks: number,
  ) {
    const entries = signalModule(engine);
    this.#entry = lazyEntry(entries, 'transformRows');
    this.scale = 1 / scaleOf({ length: size, rows: 1, planes: 1 });
    for (const [i, mode] of [modes.forward, modes.inverse].entries()) {
      const isSingle = Number(precision === 'float32');
      const words = [tables, 0, 0, size, 1, 1, mode, isSingle];
      engine.i32.set(words, (tasks + i * TRANSFORM_BYTES) / WORD_BYTES);
    }
  }

  forward(signal: number, spectrum: number): void {
    this.engine.i32[this.tasks / WORD_BYTES + SPECTRUM] = spectrum;
    this.#entry(this.tasks, signal, 0, 1, 0);
  }

  inverse(spectrum: number, signal: number): void {
    const task = this.tasks + TRANSFORM_BYTES;
    this.engine.i32[task / WORD_BYTES + SPECTRUM] = spectrum;
    this.#entry(task, 0, signal, 1, 0);
  }
}

/** Depth of the table's tree for the largest size; smaller sizes use its beginning. */
function depthsFor(sizes: readonly number[], precision: Precision): number {
  return sizes.reduce((most, size) => Math.max(most, depthsOf(positionsOfRow(size, precision))), 0);
}

/** Transforms of sizes that are powers of two. Memory: the head of the tables, the tree, then the tasks. */
export const streamTransforms: StreamTransforms = {
  bytes: (sizes, precision) =>
    sizes.length === 0
      ? 0
      : HEAD_AND_ADDRESSES + treeBytes(depthsFor(sizes, precision)) + 2 * TRANSFORM_BYTES * sizes.length,

  make(engine, sizes, precision, address) {
    if (sizes.length === 0) return [];
    const depths = depthsFor(sizes, precision);
    const tree = address + HEAD_AND_ADDRESSES;
    const write = (at: number, numbers: Numbers): void => {
      new Uint8Array(engine.f32.buffer).set(new Uint8Array(numbers.buffer), at);
    };
    write(address, headOf(precision));
    write(tree, treeOf(anglesOf(0, precision), depths, precision));
    engine.i32[(address + HEAD_BYTES) / WORD_BYTES] = tree;
    const tasks = tree + treeBytes(depths);
    return sizes.map(
      (size, i) => new RowTransform(engine, size, precision, address, tasks + 2 * i * TRANSFORM_BYTES),
    );
  },
};
