// Resident: tensors that live in wasm memory, so that layers read and write them without a copy.

import { listOf, optionsObject, whole } from '../core/arguments.js';
import { FLOAT_BYTES } from '../core/bytes.js';
import { describe, refuse } from '../core/errors.js';
import type { Disposing } from '../core/globals.js';
import { product } from '../core/lists.js';
import { asTensor, attached, countOfSizes, type Shape, type TensorLike } from '../core/tensor.js';
import { copyNumbers, type Held, imageOf, type Place, Resident, spanOf } from './address.js';
import type { Engine } from './engine.js';
import { heap } from './heap.js';

/** Gives memory back that nobody can reach any more. */
let registry: FinalizationRegistry<{ readonly engine: Engine; readonly address: number }> | undefined;

/**
 * A tensor in wasm memory, created by `resident`. Layers accept it like any other, as input and as `out`, and do not copy it.
 * Its memory is freed when it is collected, or immediately by `dispose`. A loop that never returns to the event loop must dispose of its
 * tensors, because the collector reports too late.
 *
 * @example
 * import { ResidentTensor } from 'convnd';
 * const sums = new ResidentTensor([2, 3]); // room for a result, not initialised
 * sums.data.fill(1);
 * console.log(sums.shape.join(), sums.data.length); // 2,3 6
 * sums.dispose();
 */
export class ResidentTensor extends Resident implements Disposing {
  /** sizes, outermost first; frozen */
  readonly shape: number[];

  /**
   * Allocates memory for a shape, not initialised. `resident` fills it.
   * @param shape sizes, outermost first; copied
   * @throws TypeError if `shape` is not a list of sizes
   * @throws RangeError if a size is not an integer from 0 to 2^31 - 1, or there is not enough memory
   */
  constructor(shape: Shape, /** @internal */ place?: Place) {
    const sizes = listOf(shape, 'resident');
    const count = countOfSizes(sizes, 'resident');
    Object.freeze(sizes);
    super(place ?? { held: hold(sizes, count), offset: 0, step: -1, isView: false });
    this.shape = sizes;
  }

  /**
   * A view of some channels in the same memory. Layers can write to it, so concatenations need no copy. The view keeps the memory alive, and
   * throws when used after the tensor was disposed of.
   *
   * @param from the first channel, counted from 0
   * @param count the number of channels
   * @param options.axis the axis of the channels: 1 for (batch, channels, ...), or 0 for (channels, ...); default 1
   * @throws TypeError for anything but an integer, RangeError for channels out of range
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
    // no numbers lie nowhere: there may be no memory so far on
    const before = product(sizes) === 0 ? 0 : first * (axis === 0 ? image : product(shape.slice(2)));
    return new ResidentTensor(sizes, {
      held,
      offset: offset + before,
      step: sizes[0] > 1 && length > 0 && image > product(sizes.slice(1)) ? image : -1,
      isView: true,
    });
  }

  /**
   * The numbers, live, as a view made anew by every read: wasm memory that grows detaches the views made before. So read `data`
   * where you need it rather than keep it. Posting it to another thread would clone all of wasm memory; `data.slice()` is an array of
   * its own.
   * @throws Error after `dispose`
   * @throws RangeError for channels of several images, between which others lie: `resident(channels)` copies them into one piece
   */
  get data(): Float32Array {
    this.checkGapless();
    return spanOf(this);
  }

  /**
   * Byte address in wasm memory.
   * @throws Error after `dispose`
   */
  get address(): number {
    const { held, offset } = this.place;
    const { address } = held;
    if (address < 0) throw new Error(`resident tensor of shape ${describe(this.shape)} is disposed`);
    return address + FLOAT_BYTES * offset;
  }

  /**
   * Makes sure that the numbers follow one another.
   * @internal
   * @throws RangeError for channels of several images, between which others lie
   */
  checkGapless(): void {
    if (this.place.step < 0) return;
    throw new RangeError(
      `resident tensor of shape ${describe(this.shape)}: it is a view of channels, and others lie between those of one image and the next; ` +
        'resident(channels) copies them into one piece',
    );
  }

  /** Gives the memory back now, also that of views of this tensor. A view itself has none to give back: then this does nothing. */
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

/** Takes memory for a tensor. */
function hold(sizes: Shape, count: number): Held {
  const engine = heap();
  // winograd may load the number behind the last one
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

/** A copy in one piece. Memory may grow for it, so the numbers are looked at afterwards. */
function copyOf(tensor: ResidentTensor): ResidentTensor {
  const copy = new ResidentTensor(tensor.shape);
  copyNumbers(tensor, copy.data);
  return copy;
}

/** Whether a value looks like a shape: a plain list of a few integers from 1 on. */
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
 * @throws TypeError if `values` is neither an array nor a tensor, or a plain list like [1, 3, 8, 8], which may be either; RangeError for sizes that are none, or if there is not enough memory
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
  if (values instanceof ResidentTensor) return copyOf(values);
  const given = asTensor(values, 'resident');
  const tensor = new ResidentTensor(given.shape);
  // read now: the memory may have grown, which detaches views
  tensor.data.set(attached(given));
  return tensor;
}
