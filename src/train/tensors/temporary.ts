// Temporary: gradients on their way down a record. They lie in wasm memory and are given back as soon as nothing waits for them.

import { describe } from '../../core/errors.js';
import { allocate, type Shape, type Tensor } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident.js';

/** A tensor that backward made, and gives back. */
class Temporary extends ResidentTensor {}

/** Whether a resident tensor, whose sizes were right, found no wasm memory: there may be some elsewhere then. */
export function isLackOfMemory(error: unknown): boolean {
  return error instanceof RangeError;
}

/** A tensor with any numbers in it: in wasm memory, where there is some. */
export function temporary(shape: Shape): Tensor {
  try {
    return new Temporary(shape);
  } catch (error) {
    if (!isLackOfMemory(error)) throw error;
    return allocate([...shape], () => `a gradient of shape ${describe(shape)}`);
  }
}

/** How many wait for each temporary tensor. It is given back when none does. */
export class ReferenceCounts {
  readonly #counts = new Map<Tensor, number>();

  /** One more waits for a tensor. */
  retain(tensor: Tensor): void {
    if (tensor instanceof Temporary) this.#counts.set(tensor, (this.#counts.get(tensor) ?? 0) + 1);
  }

  /** One has it no longer. */
  release(tensor: Tensor): void {
    if (!(tensor instanceof Temporary)) return;
    const count = (this.#counts.get(tensor) ?? 1) - 1;
    if (count > 0) this.#counts.set(tensor, count);
    else {
      this.#counts.delete(tensor);
      tensor.dispose();
    }
  }

  /** Nobody waits any more. */
  releaseAll(): void {
    for (const tensor of this.#counts.keys()) if (tensor instanceof Temporary) tensor.dispose();
    this.#counts.clear();
  }
}

/** Gives a tensor back that nobody else has. */
export function giveBack(tensor: Tensor): void {
  if (tensor instanceof Temporary) tensor.dispose();
}

/** Temporary tensors of one computation. */
export class Held {
  readonly #tensors: Tensor[] = [];

  /** A tensor with any numbers in it, until all are given back. */
  tensor(shape: Shape): Tensor {
    const made = temporary(shape);
    this.#tensors.push(made);
    return made;
  }

  giveBack(): void {
    for (const tensor of this.#tensors) giveBack(tensor);
    this.#tensors.length = 0;
  }
}
