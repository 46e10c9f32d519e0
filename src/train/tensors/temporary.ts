// Temporary tensors of backward. They are in wasm memory and reference-counted.

import { describe } from '../../core/errors.js';
import { allocate, type Shape, type Tensor } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident-tensor.js';

/** A tensor that backward allocates and frees. */
class Temporary extends ResidentTensor {}

/** Whether allocating a resident tensor of valid sizes failed for lack of wasm memory. */
export function isLackOfMemory(error: unknown): boolean {
  return error instanceof RangeError;
}

/** An uninitialised tensor: in wasm memory if possible, else a plain one. */
export function temporary(shape: Shape): Tensor {
  try {
    return new Temporary(shape);
  } catch (error) {
    if (!isLackOfMemory(error)) throw error;
    return allocate([...shape], () => `a gradient of shape ${describe(shape)}`);
  }
}

/** Counts the references to temporary tensors, and frees a tensor when there are none left. */
export class ReferenceCounts {
  readonly #counts = new Map<Tensor, number>();

  /** Adds a reference. */
  retain(tensor: Tensor): void {
    if (tensor instanceof Temporary) this.#counts.set(tensor, (this.#counts.get(tensor) ?? 0) + 1);
  }

  /** Removes a reference. */
  release(tensor: Tensor): void {
    if (!(tensor instanceof Temporary)) return;
    const count = (this.#counts.get(tensor) ?? 1) - 1;
    if (count > 0) this.#counts.set(tensor, count);
    else {
      this.#counts.delete(tensor);
      tensor.dispose();
    }
  }

  /** Frees all tensors. */
  releaseAll(): void {
    for (const tensor of this.#counts.keys()) if (tensor instanceof Temporary) tensor.dispose();
    this.#counts.clear();
  }
}

/** Frees a temporary tensor that has no other references. */
export function giveBack(tensor: Tensor): void {
  if (tensor instanceof Temporary) tensor.dispose();
}

/** The temporary tensors of one computation, freed together. */
export class Held {
  readonly #tensors: Tensor[] = [];

  /** An uninitialised tensor, valid until `giveBack`. */
  tensor(shape: Shape): Tensor {
    const tensor = temporary(shape);
    this.#tensors.push(tensor);
    return tensor;
  }

  giveBack(): void {
    for (const tensor of this.#tensors) giveBack(tensor);
    this.#tensors.length = 0;
  }
}
