// Resident: tensors that live in wasm memory, so that layers read and write them without a copy.

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
import { places } from './address.js';
import type { Engine } from './engine.js';
import { heap } from './heap.js';

/** Memory of a tensor and of the views of it. It is given back when none of them is left. */
interface Held {
  readonly engine: Engine;
  /** -1 once it was given back */
  address: number;
}

/** Where a tensor lies in memory. */
interface Place {
  readonly held: Held;
  /** numbers before its first */
  readonly offset: number;
  /** numbers from one image to the next, where others lie between them; else -1 */
  readonly step: number;
  readonly isView: boolean;
}

/** Gives memory back that nobody can reach any more. */
let registry: FinalizationRegistry<{ readonly engine: Engine; readonly address: number }> | undefined;

/** What `addressOf` asks from the first resident tensor on. */
function addressIn(tensor: object): number {
  if (!(tensor instanceof ResidentTensor)) return -1;
  if (stepOf(tensor) >= 0) refuseGaps(tensor);
  return tensor.address;
}

/** The numbers from one image of a resident tensor to the next, where others lie between them; -1 where all follow one another. */
export function stepOf(tensor: object): number {
  return tensor instanceof ResidentTensor ? tensor.place.step : -1;
}

/** The numbers from one image of a tensor to the next. */
export function imageOf(tensor: Tensor): number {
  const step = stepOf(tensor);
  return step < 0 ? product(tensor.shape.slice(1)) : step;
}

/** The numbers of a resident tensor, from the first to the last, with what lies between its images. */
export function spanOf(tensor: ResidentTensor): Float32Array {
  // one that was computed while recording may have moved to an array
  if (tensor.address < 0) return tensor.data;
  return new Float32Array(tensor.place.held.engine.f32.buffer, tensor.address, spanned(tensor));
}

function spanned({ shape, place: { step } }: ResidentTensor): number {
  return step < 0 ? product(shape) : (shape[0] - 1) * step + product(shape.slice(1));
}

/** Whether numbers of one resident tensor are numbers of the other. */
export function overlap(one: ResidentTensor, other: ResidentTensor): boolean {
  const [a, b] = [one.place, other.place];
  if (a.held !== b.held || product(one.shape) * product(other.shape) === 0) return false;
  const behind = b.offset - a.offset;
  if (behind >= spanned(one) || -behind >= spanned(other)) return false;
  if (a.step < 0 || a.step !== b.step) return true;
  // both repeat themselves from image to image
  const inImage = ((behind % a.step) + a.step) % a.step;
  return inImage < product(one.shape.slice(1)) || a.step - inImage < product(other.shape.slice(1));
}

/**
 * A tensor in wasm memory, made by `resident`. Layers take it like any other, as input and as `out`, and copy nothing.
 * Its memory is given back when it is collected, or at once by `dispose`. A loop that lets no task run in between must dispose, as
 * the collector tells too late.
 *
 * @example
 * import { ResidentTensor } from 'convnd';
 * const sums = new ResidentTensor([2, 3]); // room for a result, with any numbers in it
 * sums.data.fill(1);
 * console.log(sums.shape.join(), sums.data.length); // 2,3 6
 * sums.dispose();
 */
export class ResidentTensor implements Tensor, Disposing {
  /** sizes, outermost first; frozen */
  readonly shape: number[];
  readonly #place: Place;

  /**
   * Takes memory for a shape, with any numbers in it. `resident` fills it.
   * @param shape sizes, outermost first; copied
   * @throws TypeError if `shape` is no list of sizes
   * @throws RangeError if a size is not a whole number from 0 to 2^31 - 1, or there is not enough memory
   */
  constructor(shape: Shape, /** @internal */ place?: Place) {
    const sizes = listOf(shape, 'resident');
    const count = countOfSizes(sizes, 'resident');
    Object.freeze(sizes);
    this.shape = sizes;
    this.#place = place ?? { held: hold(sizes, count), offset: 0, step: -1, isView: false };
    places.addressOf = addressIn;
  }

  /** @internal */
  get place(): Place {
    return this.#place;
  }

  /**
   * Channels of the tensor as a tensor of their own in the same memory: what a layer writes to them is there at once, so networks
   * that concatenate copy nothing. The view keeps the memory alive, and refuses to be used once the tensor was disposed.
   *
   * @param from the first channel, counted from 0
   * @param count how many
   * @param options.axis which axis has the channels: 1 for (batch, channels, ...), or 0 for (channels, ...); default 1
   * @throws TypeError for what is no whole number, RangeError for channels that there are not
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
    const { held, offset } = this.#place;
    const image = imageOf(this);
    return new ResidentTensor(sizes, {
      held,
      offset: offset + first * (axis === 0 ? image : product(shape.slice(2))),
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
    if (this.#place.step >= 0) refuseGaps(this);
    return spanOf(this);
  }

  /**
   * Byte address in wasm memory.
   * @throws Error after `dispose`
   */
  get address(): number {
    const { held, offset } = this.#place;
    const { address } = held;
    if (address < 0) throw new Error(`resident tensor of shape ${describe(this.shape)} is disposed`);
    return address + FLOAT_BYTES * offset;
  }

  /** Gives the memory back now, also that of views of this tensor. A view itself has none to give back: then this does nothing. */
  dispose(): void {
    const { held, isView } = this.#place;
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

/** Copies the numbers of a tensor, without what lies between its images. */
export function copyNumbers(tensor: Tensor, to: Float32Array): void {
  const from = tensor instanceof ResidentTensor ? spanOf(tensor) : attached(tensor);
  const step = stepOf(tensor);
  const pieces = step < 0 ? 1 : tensor.shape[0];
  const size = to.length / pieces;
  for (let i = 0; i < pieces; i++) to.set(from.subarray(i * step, i * step + size), i * size);
}

/** @throws RangeError */
function refuseGaps({ shape }: ResidentTensor): never {
  throw new RangeError(
    `resident tensor of shape ${describe(shape)}: it is a view of channels, and others lie between those of one image and the next; ` +
      'resident(channels) copies them into one piece',
  );
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
  if (values instanceof ResidentTensor) return copyOf(values);
  const given = asTensor(values, 'resident');
  const tensor = new ResidentTensor(given.shape);
  // read now: the memory may have grown, which detaches views
  tensor.data.set(attached(given));
  return tensor;
}
