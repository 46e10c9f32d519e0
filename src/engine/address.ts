// Where a tensor's elements lie in wasm memory, and the abstract base class of resident tensors. Code that accepts any tensor imports
// this file instead of resident-tensor.ts, so that a bundle without resident tensors does not contain ResidentTensor.

import { product } from '../core/lists.js';
import { attached, type Tensor } from '../core/tensor.js';
import type { Engine } from './engine.js';

/** The memory of a tensor and of its views. It is freed when none of them is reachable. */
export interface Held {
  readonly engine: Engine;
  /** -1 once it is freed */
  address: number;
}

/** Where a tensor lies in memory. */
export interface Place {
  readonly held: Held;
  /** offset of the first element, in elements */
  readonly offset: number;
  /** stride from one image to the next, in elements, if images are not contiguous; else -1 */
  readonly step: number;
  readonly isView: boolean;
}

/** The numbers of a tensor in order, without the gaps between images that channels of a larger tensor have. */
export interface FlatView {
  /** -1 outside of wasm memory */
  readonly address: number;
  readonly array: Float32Array;
  /** how many numbers follow one another without a gap */
  readonly together: number;
  /** the index of a number in the array */
  index(number: number): number;
}

/** The base class of ResidentTensor: enough to recognise one and to find its elements. What it computes is in ResidentTensor. */
export abstract class Resident implements Tensor {
  abstract readonly shape: number[];
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  abstract get data(): Float32Array;

  /** The address of the first element; -1 for a recorded intermediate that was moved to an array. */
  abstract get address(): number;

  /**
   * Why the elements can't be read any more; undefined as long as they can.
   * @internal
   */
  abstract get whyFreed(): string | undefined;

  /** Not 'Object', because Vue wraps what is called so in a proxy, through which private fields cannot be read. */
  get [Symbol.toStringTag](): string {
    return 'ResidentTensor';
  }

  /** @internal */
  get place(): Place {
    return this.#place;
  }

  /**
   * Checks that the tensor is contiguous.
   * @internal
   * @throws RangeError for a view of some channels of several images
   */
  abstract checkGapless(): void;

  /**
   * Checks that images lie where a convolution expects them.
   * @internal
   * @param image numbers from one image of the convolution to the next
   * @throws RangeError for channels of a larger tensor whose images are not those of the convolution
   */
  abstract checkImages(batch: number, image: number): void;

  /**
   * The memory from its first to its last element, including the gaps between images.
   * @internal
   */
  abstract get span(): Float32Array;

  /**
   * Whether it has an element in common with another one.
   * @internal
   */
  abstract overlaps(other: Resident): boolean;

  /** @internal */
  abstract flatView(): FlatView;
}

/** The address of a tensor in wasm memory, or -1. */
export function placeOf(tensor: Tensor): number {
  return tensor instanceof Resident ? tensor.address : -1;
}

/**
 * The address of a contiguous resident tensor, or -1 for any other tensor.
 * @throws Error for a disposed tensor
 * @throws RangeError for a view of some channels of several images, which is not contiguous
 */
export function addressOf(tensor: object): number {
  if (!(tensor instanceof Resident)) return -1;
  tensor.checkGapless();
  return tensor.address;
}

/** The stride from one image to the next, in elements, of a resident tensor that is not contiguous; else -1. */
export function stepOf(tensor: object): number {
  return tensor instanceof Resident ? tensor.place.step : -1;
}

/** The stride from one image of a tensor to the next, in elements. */
export function imageOf(tensor: Tensor): number {
  const step = stepOf(tensor);
  return step < 0 ? product(tensor.shape.slice(1)) : step;
}

/** The numbers of a tensor in order. */
export function flatViewOf(tensor: Tensor): FlatView {
  return tensor instanceof Resident ? tensor.flatView() : viewOfArray(attached(tensor));
}

/** The numbers of an array in order. */
export function viewOfArray(array: Float32Array): FlatView {
  return { address: -1, array, together: array.length, index: (number) => number };
}

/** Copies the elements of a tensor, without the gaps between images. */
export function copyNumbers(tensor: Tensor, to: Float32Array): void {
  const { array, together, index } = flatViewOf(tensor);
  for (let first = 0; first < to.length; first += together)
    to.set(array.subarray(index(first), index(first) + together), first);
}
