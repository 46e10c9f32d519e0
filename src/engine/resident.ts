// Resident: tensors that live in wasm memory, so that layers read and write them without a copy.

import { listOf } from '../core/arguments.js';
import { FLOAT_BYTES } from '../core/bytes.js';
import { describe } from '../core/errors.js';
import { product } from '../core/lists.js';
import { asTensor, countOfSizes, type Shape, type Tensor, type TensorLike } from '../core/tensor.js';
import type { Engine } from './engine.js';
import { heap } from './heap.js';

/** Gives the memory of collected tensors back. */
let registry: FinalizationRegistry<{ readonly engine: Engine; readonly address: number }> | undefined;

/** The address of a resident tensor's numbers, or -1 for any other tensor. */
export function addressOf(tensor: object): number {
  return tensor instanceof ResidentTensor ? tensor.address : -1;
}

/**
 * A tensor in wasm memory, made by `resident`. Layers take it like any other, as input and as `out`, and copy nothing.
 * Its memory is given back when it is collected, or at once by `dispose`. A loop that lets no task run in between must dispose, as
 * the collector tells too late.
 */
export class ResidentTensor implements Tensor {
  readonly shape: number[];
  readonly #engine: Engine;
  readonly #token = {};
  #address: number;

  /**
   * Takes memory for a shape, with any numbers in it. `resident` fills it.
   * @param shape sizes, outermost first; copied
   * @throws TypeError if `shape` is no list of sizes
   * @throws RangeError if a size is not a whole number from 0 to 2^31 - 1, or there is not enough memory
   */
  constructor(shape: Shape) {
    const sizes = listOf(shape, 'resident');
    const count = countOfSizes(sizes, 'resident');
    this.#engine = heap();
    Object.freeze(sizes);
    this.shape = sizes;
    this.#address = this.#engine.allocate(
      FLOAT_BYTES * count,
      `a resident tensor of shape ${describe(sizes)}`,
      // winograd may load the number behind the last one
      FLOAT_BYTES,
    );
    registry ??= new FinalizationRegistry((held) => held.engine.release(held.address));
    registry.register(this, { engine: this.#engine, address: this.#address }, this.#token);
  }

  /**
   * The numbers, live, as a view made anew by every read: wasm memory that grows detaches the views made before. So read `data`
   * where you need it rather than keep it. Posting it to another thread would clone all of wasm memory; `data.slice()` is an array of
   * its own.
   * @throws Error after `dispose`
   */
  get data(): Float32Array {
    const { f32 } = this.#engine;
    return new Float32Array(f32.buffer, this.address, product(this.shape));
  }

  /**
   * Byte address in wasm memory.
   * @throws Error after `dispose`
   */
  get address(): number {
    if (this.#address < 0) throw new Error(`resident tensor of shape ${describe(this.shape)} is disposed`);
    return this.#address;
  }

  /** Gives the memory back now. */
  dispose(): void {
    if (this.#address < 0) return;
    registry?.unregister(this.#token);
    this.#engine.release(this.#address);
    this.#address = -1;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Whether a value looks like a shape: a plain list of a few whole numbers from 1 on. */
function isSizes(values: unknown): boolean {
  return (
    Array.isArray(values) &&
    values.length > 1 &&
    values.length < 6 &&
    values.every((size) => Number.isInteger(size) && size > 0)
  );
}

/**
 * Puts a tensor into wasm memory, where layers read and write it without a copy: for chains of layers, above all light ones on
 * large maps.
 *
 * @param values a tensor to copy, or a shape for a tensor of zeros
 * @throws TypeError if `values` is neither, or a plain list like [1, 3, 8, 8], which may be either; RangeError for sizes that are none, or if there is not enough memory
 * @example
 * import { Conv2d, resident, tensor } from 'convnd';
 * const first = new Conv2d(1, 8, 3, { padding: 1 });
 * const second = new Conv2d(8, 1, 3, { padding: 1 });
 * const x = resident(tensor(new Float32Array(64), [1, 1, 8, 8]));
 * const hidden = resident({ shape: [1, 8, 8, 8] });
 * const y = second.forward(first.forward(x, { out: hidden, activation: 'relu' }));
 * console.log(y.shape.join()); // 1,1,8,8
 */
export function resident(values: TensorLike | { shape: Shape }): ResidentTensor {
  if (isSizes(values))
    throw new TypeError(
      `resident: ${describe(values)} may be a shape or numbers; { shape: ${describe(values)} } makes zeros of that shape, ` +
        'tensor(…) makes a tensor of these numbers',
    );
  if (typeof values === 'object' && values !== null && !('data' in values) && 'shape' in values) {
    const zeros = new ResidentTensor(values.shape);
    zeros.data.fill(0);
    return zeros;
  }
  const given = asTensor(values, 'resident');
  const tensor = new ResidentTensor(given.shape);
  // read only now: memory that grew for it detached the views of a resident tensor
  tensor.data.set(given.data);
  return tensor;
}
