// Address: where the numbers of a tensor lie in wasm memory, for those who take tensors of any kind. They lead to the base of resident tensors
// only, so a bundle that makes none has not the class of them.

import { product } from '../core/lists.js';
import { attached, type Tensor } from '../core/tensor.js';
import type { Engine } from './engine.js';

/** Memory of a tensor and of the views of it. It is given back when none of them is left. */
export interface Held {
  readonly engine: Engine;
  /** -1 once it was given back */
  address: number;
}

/** Where a tensor lies in memory. */
export interface Place {
  readonly held: Held;
  /** numbers before its first */
  readonly offset: number;
  /** numbers from one image to the next, where others lie between them; else -1 */
  readonly step: number;
  readonly isView: boolean;
}

/** What tells a resident tensor from any other, and where it lies. ResidentTensor has the rest. */
export abstract class Resident implements Tensor {
  abstract readonly shape: number[];
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  abstract get data(): Float32Array;

  /** The address of its first number; -1 where it was computed while recording and has moved to an array. */
  abstract get address(): number;

  /** @internal */
  get place(): Place {
    return this.#place;
  }

  /**
   * Makes sure that the numbers follow one another.
   * @internal
   * @throws RangeError for channels of several images, between which others lie
   */
  abstract checkGapless(): void;
}

/** The address of a tensor in wasm memory, or -1. */
export function placeOf(tensor: Tensor): number {
  return tensor instanceof Resident ? tensor.address : -1;
}

/**
 * The address of a resident tensor's numbers, which follow one another, or -1 for any other tensor.
 * @throws Error for one that is disposed
 * @throws RangeError for channels of several images, between which others lie
 */
export function addressOf(tensor: object): number {
  if (!(tensor instanceof Resident)) return -1;
  tensor.checkGapless();
  return tensor.address;
}

/** The numbers from one image of a resident tensor to the next, where others lie between them; -1 where all follow one another. */
export function stepOf(tensor: object): number {
  return tensor instanceof Resident ? tensor.place.step : -1;
}

/** The numbers from one image of a tensor to the next. */
export function imageOf(tensor: Tensor): number {
  const step = stepOf(tensor);
  return step < 0 ? product(tensor.shape.slice(1)) : step;
}

/** The numbers of a resident tensor, from the first to the last, with what lies between its images. */
export function spanOf(tensor: Resident): Float32Array {
  // one that was computed while recording may have moved to an array
  if (tensor.address < 0) return tensor.data;
  return new Float32Array(tensor.place.held.engine.f32.buffer, tensor.address, spanned(tensor));
}

function spanned({ shape, place: { step } }: Resident): number {
  return step < 0 ? product(shape) : (shape[0] - 1) * step + product(shape.slice(1));
}

/** Whether numbers of one resident tensor are numbers of the other. */
export function residentsOverlap(one: Resident, other: Resident): boolean {
  const [a, b] = [one.place, other.place];
  if (a.held !== b.held || product(one.shape) * product(other.shape) === 0) return false;
  const behind = b.offset - a.offset;
  if (behind >= spanned(one) || -behind >= spanned(other)) return false;
  if (a.step < 0 || a.step !== b.step) return true;
  // both repeat themselves from image to image
  const inImage = ((behind % a.step) + a.step) % a.step;
  return inImage < product(one.shape.slice(1)) || a.step - inImage < product(other.shape.slice(1));
}

/** Copies the numbers of a tensor, without what lies between its images. */
export function copyNumbers(tensor: Tensor, to: Float32Array): void {
  const from = tensor instanceof Resident ? spanOf(tensor) : attached(tensor);
  const step = stepOf(tensor);
  const pieces = step < 0 ? 1 : tensor.shape[0];
  const size = to.length / pieces;
  for (let i = 0; i < pieces; i++) to.set(from.subarray(i * step, i * step + size), i * size);
}
