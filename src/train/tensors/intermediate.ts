// Intermediate: a tensor that was computed inside `record`. It lies in wasm memory, where the next layer and backward read it without a
// copy, until somebody asks for its numbers.

import { describe, refuse } from '../../core/errors.js';
import { attached, type Shape, type Tensor } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident.js';

/**
 * The numbers of a tensor for somebody who only reads them, and does so before memory can grow: they stay where they are.
 * @throws RangeError if they are a view of wasm memory that grew since, which detaches views
 */
export function viewOf(tensor: Tensor): Float32Array {
  return tensor instanceof Intermediate ? tensor.view : attached(tensor);
}

/**
 * A tensor computed inside `record`. Reading `data` moves it into an array of its own, which stays; what nobody read is given back by
 * backward, so that a loop of steps needs no collector.
 */
export class Intermediate extends ResidentTensor {
  readonly #handedOut: (tensor: Intermediate, data: Float32Array) => void;
  #data: Float32Array | undefined;
  #isFreed = false;

  /**
   * @param handedOut is told when `data` is read for the first time
   * @throws RangeError if there is not enough memory
   */
  constructor(shape: Shape, handedOut: (tensor: Intermediate, data: Float32Array) => void) {
    super(shape);
    this.#handedOut = handedOut;
  }

  /**
   * The numbers, in an array that stays.
   * @throws Error if nobody read them before backward gave them back
   */
  override get data(): Float32Array {
    if (this.#data) return this.#data;
    const data = this.view.slice();
    super.dispose();
    this.#data = data;
    this.#handedOut(this, data);
    return data;
  }

  /** Byte address in wasm memory; -1 once the numbers lie in an array. */
  override get address(): number {
    if (this.#data) return -1;
    if (this.#isFreed) {
      throw new Error(
        `tensor of shape ${describe(this.shape)}: backward gave it back, as nobody had read its data. Read them, or detach() it, ` +
          'before backward',
      );
    }
    return super.address;
  }

  /** @throws RangeError always: a view would take its numbers, and no gradient, along */
  override channels(): never {
    return refuse(
      () => 'channels',
      'of a tensor that record computed: narrow of convnd/train has a gradient',
    );
  }

  /** Whether somebody was handed the numbers, and may write into them. */
  get isRead(): boolean {
    return this.#data !== undefined;
  }

  /** The numbers where they are. */
  get view(): Float32Array {
    return this.#data ?? super.data;
  }

  /** Gives the memory back, unless the numbers were read. */
  free(): void {
    if (this.#data) return;
    super.dispose();
    this.#isFreed = true;
  }
}
