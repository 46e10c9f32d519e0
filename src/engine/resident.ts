// ResidentTensor: tensors in wasm memory, which layers read and write without copies.

import { listOf, optionsObject, whole } from '../core/arguments.js';
import { FLOAT_BYTES } from '../core/bytes.js';
import { describe, refuse } from '../core/errors.js';
import type { Disposing } from '../core/globals.js';
import { product } from '../core/lists.js';
import {
  asTensor,
  attached,
  countOfSizes,
  type Shape,
  type Tensor,
  type TensorLike,
} from '../core/tensor.js';
import { copyNumbers, type Held, imageOf, type Place, Resident, spanOf } from './address.js';
import type { Engine } from './engine.js';
import { heap } from './heap.js';

/** Frees the memory of unreachable tensors. */
let registry: FinalizationRegistry<{ readonly engine: Engine; readonly address: number }> | undefined;

/**
 * A tensor in wasm memory, usually created by `resident`. Layers accept it as input and as `out`, and copy nothing.
 *
 * Its memory is freed when it is garbage-collected, or immediately by `dispose`. A synchronous loop must call `dispose`, because
 * finalizers run only between tasks.
 *
 * @example
 * import { ResidentTensor } from 'convnd';
 * const sums = new ResidentTensor([2, 3]); // uninitialised
 * sums.data.fill(1);
 * console.log(sums.shape.join(), sums.data.length); // 2,3 6
 * sums.dispose();
 */
export class ResidentTensor extends Resident implements Disposing {
  /** the sizes, outermost first; frozen */
  declare readonly shape: number[];

  /**
   * Allocates an uninitialised tensor, like torch.empty. `resident({ shape })` fills it with zeros.
   * @param shape the sizes, outermost first; copied
   * @throws TypeError if `shape` is not a list of sizes
   * @throws RangeError if a size is not an integer from 0 to 2^31 - 1, or there is not enough memory
   */
  constructor(shape: Shape);
  /**
   * For views: elements of another tensor.
   * @internal
   */
  constructor(shape: Shape, place: Place);
  constructor(shape: Shape, place?: Place) {
    const sizes = listOf(shape, 'resident');
    const count = countOfSizes(sizes, 'resident');
    Object.freeze(sizes);
    super(place ?? { held: hold(sizes, count), offset: 0, step: -1, isView: false });
    // can't be replaced, because other sizes would reach into the memory of other tensors
    Object.defineProperty(this, 'shape', { value: sizes, enumerable: true });
  }

  /**
   * A view of some of the channels, in the same memory. Layers can write their outputs to views of one tensor, which concatenates them
   * without a copy. The view keeps the memory alive; after `dispose` of the tensor, using the view throws.
   *
   * @param from the first channel, counted from 0
   * @param count the number of channels
   * @param options.axis the channel axis: 1 for (batch, channels, ...), 0 for (channels, ...); default 1
   * @returns a tensor with `count` channels
   * @throws TypeError for a non-integer, RangeError for channels out of range
   * @see https://pytorch.org/docs/stable/generated/torch.narrow.html
   * @example
   * import { Conv2d, resident, tensor } from 'convnd';
   * const both = resident({ shape: [1, 12, 8, 8] });
   * const down = new Conv2d(1, 4, 3, { padding: 1 });
   * const skip = down.forward(tensor(new Float32Array(64), [1, 1, 8, 8]), { out: both.channels(0, 4) });
   * const deep = new Conv2d(4, 8, 3, { padding: 1 });
   * deep.forward(skip, { out: both.channels(4, 8), activation: 'relu' });
   * // torch.cat([skip, deep], 1)
   * console.log(new Conv2d(12, 2, 1).forward(both).shape.join()); // 1,2,8,8
   */
  channels(from: number, count: number, options?: { readonly axis?: 0 | 1 | undefined }): ResidentTensor {
    const where = () => `channels of a resident tensor of shape ${describe(this.shape)}`;
    optionsObject(options, ['axis'], where);
    const axis = options?.axis ?? 1;
    const { shape } = this;
    if (!(axis === 0 || axis === 1) || axis >= shape.length)
      refuse(
        where,
        `axis: expected 1 for (batch, channels, ...) or 0 for (channels, ...), got ${describe(axis)}`,
      );
    const first = whole(from, 'from', where);
    const length = whole(count, 'count', where);
    const sizes = shape.map((size, i) => (i === axis ? length : size));
    if (first < 0 || length < 0 || first + length > shape[axis])
      refuse(where, `start (${first}) + length (${length}) exceeds dimension size (${shape[axis]})`);
    const { held, offset } = this.place;
    const image = imageOf(this);
    // an empty view gets offset 0, since its computed offset may lie outside the memory
    const before = product(sizes) === 0 ? 0 : first * (axis === 0 ? image : product(shape.slice(2)));
    return new ResidentTensor(sizes, {
      held,
      offset: offset + before,
      step: sizes[0] > 1 && length > 0 && image > product(sizes.slice(1)) ? image : -1,
      isView: true,
    });
  }

  /**
   * The same elements in another shape, for `tensor(x, shape)`. The caller has checked the sizes.
   * @internal
   */
  residentView(sizes: Shape): Tensor | undefined {
    return new ResidentTensor(sizes, { ...this.place, step: -1, isView: true });
  }

  /**
   * A view of the elements. Every read creates a new view, because memory growth detaches earlier ones, so don't store it. Posting the
   * view to another thread would clone the whole wasm memory; post a copy, `data.slice()`.
   * @throws RangeError after `dispose`, and for a view of some channels of several images, which is not contiguous; `resident(channels)`
   * copies it
   */
  get data(): Float32Array {
    this.checkGapless();
    return spanOf(this);
  }

  /** A tensor whose elements are a list, for JSON: the elements are not the tensor's own property. */
  toJSON(): { data: number[]; shape: number[] } {
    return { data: Array.from(this.data), shape: this.shape };
  }

  /**
   * The byte address in wasm memory.
   * @throws RangeError after `dispose`
   */
  get address(): number {
    const { whyFreed } = this;
    if (whyFreed !== undefined) throw new RangeError(whyFreed);
    const { held, offset } = this.place;
    return held.address + FLOAT_BYTES * offset;
  }

  /** @internal */
  get whyFreed(): string | undefined {
    return this.place.held.address < 0
      ? `resident tensor of shape ${describe(this.shape)} is disposed`
      : undefined;
  }

  /**
   * Checks that the tensor is contiguous.
   * @internal
   * @throws RangeError for a view of some channels of several images
   */
  checkGapless(): void {
    if (this.place.step < 0) return;
    throw new RangeError(
      `resident tensor of shape ${describe(this.shape)}: a view of some channels of several images is not contiguous; ` +
        'resident(channels) makes a contiguous copy',
    );
  }

  /** Frees the memory now, which also invalidates views of this tensor. Does nothing for a view or a disposed tensor. */
  dispose(): void {
    const { held, isView } = this.place;
    if (isView || held.address < 0) return;
    registry?.unregister(held);
    held.engine.release(held.address);
    held.address = -1;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Allocates the memory of a tensor. */
function hold(sizes: Shape, count: number): Held {
  const engine = heap();
  // winograd may load one element past the end
  const address = engine.allocate(
    FLOAT_BYTES * count,
    () => `a resident tensor of shape ${describe(sizes)}`,
    FLOAT_BYTES,
  );
  const held = { engine, address };
  registry ??= new FinalizationRegistry((lost) => lost.engine.release(lost.address));
  registry.register(held, { engine, address }, held);
  return held;
}

/** A contiguous copy. Allocates before reading the source, because growth detaches views. */
function copyOf(tensor: ResidentTensor): ResidentTensor {
  const copy = new ResidentTensor(tensor.shape);
  copyNumbers(tensor, copy.data);
  return copy;
}

/** Whether a value looks like a shape: an array of two to five positive integers. */
function isSizes(values: unknown): boolean {
  return (
    Array.isArray(values) &&
    values.length > 1 &&
    values.length < 6 &&
    values.every((size) => Number.isInteger(size) && size > 0)
  );
}

/**
 * Copies a tensor into wasm memory, where layers read and write it without copies. Worthwhile for chains of layers, especially cheap
 * layers on large maps.
 *
 * @param values a tensor to copy, or `{ shape }` for a tensor of zeros
 * @returns the new tensor
 * @throws TypeError if `values` is neither, has other properties beside `shape` but no data, or is an ambiguous list like [1, 3, 8, 8];
 * RangeError for invalid sizes, or if there is not enough memory
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
    // `{ values, shape }` would make zeros
    optionsObject(values, ['shape'], () => 'resident');
    const zeros = new ResidentTensor(values.shape);
    zeros.data.fill(0);
    return zeros;
  }
  if (values instanceof ResidentTensor) return copyOf(values);
  const given = asTensor(values, 'resident');
  const tensor = new ResidentTensor(given.shape);
  // `data` is read after the allocation, which may have grown the memory
  tensor.data.set(attached(given));
  return tensor;
}
