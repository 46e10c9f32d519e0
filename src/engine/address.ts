// Where a tensor's elements lie in wasm memory, and the abstract base class of resident tensors. Code that accepts any tensor imports
// this file instead of resident.ts, so that a bundle without resident tensors does not contain ResidentTensor.

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

/** The base class of ResidentTensor: enough to recognise one and to find its elements. */
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

/** The memory of a resident tensor from its first to its last element, including the gaps between images. */
export function spanOf(tensor: Resident): Float32Array {
  // a recorded intermediate may have been moved to an array
  if (tensor.address < 0) return tensor.data;
  return new Float32Array(tensor.place.held.engine.f32.buffer, tensor.address, spanned(tensor));
}

function spanned({ shape, place: { step } }: Resident): number {
  return step < 0 ? product(shape) : (shape[0] - 1) * step + product(shape.slice(1));
}

/** Whether two resident tensors have an element in common. */
export function residentsOverlap(one: Resident, other: Resident): boolean {
  const [a, b] = [one.place, other.place];
  if (a.held !== b.held || product(one.shape) * product(other.shape) === 0) return false;
  const distance = b.offset - a.offset;
  if (distance >= spanned(one) || -distance >= spanned(other)) return false;
  if (a.step < 0 || a.step !== b.step) return true;
  // both have the same stride between images, so comparing one period is enough
  const inImage = ((distance % a.step) + a.step) % a.step;
  return inImage < product(one.shape.slice(1)) || a.step - inImage < product(other.shape.slice(1));
}

/** Copies the elements of a tensor, without the gaps between images. */
export function copyNumbers(tensor: Tensor, to: Float32Array): void {
  const from = tensor instanceof Resident ? spanOf(tensor) : attached(tensor);
  const step = stepOf(tensor);
  const pieces = step < 0 ? 1 : tensor.shape[0];
  const size = to.length / pieces;
  for (let i = 0; i < pieces; i++) to.set(from.subarray(i * step, i * step + size), i * size);
}
