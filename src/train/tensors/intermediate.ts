// Intermediate: a tensor computed inside `record`. It is in wasm memory, where the next layer and backward read it without a copy, until
// `data` is read.

import { describe, refuse } from '../../core/errors.js';
import { attached, type Shape, type Tensor } from '../../core/tensor.js';
import { type FlatView, viewOfArray } from '../../engine/address.js';
import { ResidentTensor } from '../../engine/resident-tensor.js';

/**
 * The elements of a tensor, valid until memory grows. Unlike `data`, it does not move an intermediate tensor to an array.
 * @throws RangeError if the tensor is a detached view of wasm memory
 */
export function viewOf(tensor: Tensor): Float32Array {
  return tensor instanceof Intermediate ? tensor.view : attached(tensor);
}

/**
 * A tensor computed inside `record`. Reading `data` moves it to a separate array, which stays valid. Otherwise backward frees it, or `dispose`
 * of the record, so that a training loop does not depend on finalizers.
 */
export class Intermediate extends ResidentTensor {
  readonly #handedOut: (tensor: Intermediate, data: Float32Array) => void;
  #data: Float32Array | undefined;
  #isFreed = false;

  /**
   * @param handedOut called when `data` is first read
   * @throws RangeError if there is not enough memory
   */
  constructor(shape: Shape, handedOut: (tensor: Intermediate, data: Float32Array) => void) {
    super(shape);
    this.#handedOut = handedOut;
  }

  /**
   * The elements, in an array that stays valid.
   * @throws RangeError after backward or `dispose` of the record, if it was not read before
   */
  override get data(): Float32Array {
    if (this.#data) return this.#data;
    const data = this.view.slice();
    super.dispose();
    this.#data = data;
    this.#handedOut(this, data);
    return data;
  }

  /** The byte address in wasm memory; -1 once `data` has been read. */
  override get address(): number {
    return this.#data ? -1 : super.address;
  }

  /** @internal */
  override get whyFreed(): string | undefined {
    if (this.#data) return undefined;
    return this.#isFreed
      ? `tensor of shape ${describe(this.shape)}: backward or dispose of its record freed it, because its data was not read. Read data, or detach() it, before`
      : super.whyFreed;
  }

  /** @internal */
  override get span(): Float32Array {
    return this.#data ?? super.span;
  }

  /** @internal */
  override flatView(): FlatView {
    return this.#data ? viewOfArray(this.#data) : super.flatView();
  }

  /** None: reading `data` has moved it to an array, by which the record finds it. */
  override residentView(): undefined {}

  /** @throws RangeError always, because a view would have no gradient */
  override channels(): never {
    return refuse(
      () => 'channels',
      'a tensor computed inside record has no views: use narrow of convnd/train, which is differentiable',
    );
  }

  /** Whether `data` was read, so that user code may modify it. */
  get isRead(): boolean {
    return this.#data !== undefined;
  }

  /** The elements, without moving them. */
  get view(): Float32Array {
    return this.#data ?? super.data;
  }

  /** Frees the memory, unless `data` was read. */
  free(): void {
    if (this.#data) return;
    super.dispose();
    this.#isFreed = true;
  }
}
