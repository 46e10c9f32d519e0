// Tape: the operations that were recorded, in their order. Tensors stay plain: where one comes from is looked up by the object that it is,
// or by the array that its numbers lie in, so that a tensor of the same array in another shape is the same tensor.

import { describe, refuse, type Where } from '../../core/errors.js';
import { allocate, type Shape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { heap } from '../../engine/heap.js';
import { ResidentTensor } from '../../engine/resident.js';
import { isExposed, valuesOf } from '../../layers/inside.js';
import { Parameter } from '../../layers/parameter.js';
import { Intermediate } from '../tensors/intermediate.js';
import { isLackOfMemory } from '../tensors/temporary.js';
import { Guards } from './guards.js';
import { Node, type Operation, type Source } from './node.js';

/**
 * Bytes of wasm memory in use from where on what is computed lies in plain arrays. Records without a backward leave their tensors to the
 * collector, which gives wasm memory back only between the tasks of a program.
 */
const MOST_BYTES = 2 ** 30;

/** By tensor or array, the tape that knows where it comes from. */
const tapes = new WeakMap<object, Tape>();

/** What stays the same object while a tensor is the same: itself, or its array. */
function keysOf(tensor: TensorLike): object[] {
  if (typeof tensor !== 'object') return [];
  // reading its data would hand them out: the layer would then look at them before every forward
  if (tensor instanceof Parameter) return isExposed(tensor) ? [tensor, valuesOf(tensor)] : [tensor];
  // the data of a resident tensor are a view made anew by every read, until somebody was handed an array
  const isArray =
    tensor instanceof ResidentTensor ? tensor instanceof Intermediate && tensor.isRead : 'data' in tensor;
  return isArray ? [tensor, (tensor as Tensor).data] : [tensor];
}

/** What one call of `record` recorded. */
export class Tape {
  readonly nodes: Node[] = [];
  /** where copies came from that were meant to lead nowhere */
  readonly detached = new Set<Source>();
  #guards = new Guards();
  #sources = new WeakMap<object, Node>();
  readonly #intermediates: Intermediate[] = [];
  #isFreed = false;

  /** What must not change until backward. */
  get guards(): Guards {
    return this.#guards;
  }

  /** Whether backward gave the record back. */
  get isFreed(): boolean {
    return this.#isFreed;
  }

  /** Where a tensor comes from, if it leads to a parameter that is to be trained. */
  sourceOf(tensor: TensorLike | null): Source | undefined {
    if (tensor === null) return undefined;
    if (tensor instanceof Parameter) return tensor.requiresGrad ? tensor : undefined;
    for (const key of keysOf(tensor)) {
      const source = this.#sources.get(key);
      if (source) return source;
    }
    return undefined;
  }

  /** Records an operation, if it leads to a parameter that is to be trained. */
  record(operation: Operation): void {
    const { inputs, output, name } = operation;
    for (const input of inputs) this.#check(input, name);
    const sources = inputs.map((input) => this.sourceOf(input));
    if (!sources.some((source) => source)) return;
    const node = new Node(operation, sources);
    this.nodes.push(node);
    for (const tensor of operation.saved(sources.map((source) => source !== undefined)))
      this.#guards.watch(tensor);
    this.#know(output, node);
  }

  /** A new tensor for the output of an operation, with any numbers in it. */
  newOutput(shape: Shape, where: Where): Tensor {
    if (heap().usage.live < MOST_BYTES) {
      try {
        const made = new Intermediate(shape, this.#handedOut);
        this.#intermediates.push(made);
        return made;
      } catch (error) {
        if (!isLackOfMemory(error)) throw error;
      }
    }
    return allocate([...shape], () => `the output ${describe(shape)} [${where()}]`);
  }

  /** Forgets everything, so that a tensor that somebody keeps keeps no other; gives the memory back that nobody was handed. */
  free(): void {
    this.#isFreed = true;
    this.nodes.length = 0;
    this.detached.clear();
    this.#sources = new WeakMap();
    this.#guards = new Guards();
    for (const tensor of this.#intermediates) tensor.free();
    this.#intermediates.length = 0;
  }

  /** What somebody was handed may be written into from now on: whoever needs it compares. */
  readonly #handedOut = (tensor: Intermediate, data: Float32Array): void => {
    if (this.#isFreed) return;
    const node = this.#sources.get(tensor);
    if (!node) return;
    this.#guards.watch(tensor);
    this.#sources.set(data, node);
    tapes.set(data, this);
  };

  #know(output: Tensor, node: Node): void {
    for (const key of keysOf(output)) {
      this.#sources.set(key, node);
      tapes.set(key, this);
    }
    this.#guards.watch(output);
  }

  /**
   * @throws RangeError for a tensor whose gradient would end here: it belongs to a record that still waits for its backward, or it is no
   * parameter and somebody marked it as PyTorch's tensors are marked
   */
  #check(input: TensorLike | null, name: Where): void {
    if (input === null) return;
    const isMarked = typeof input === 'object' && 'requiresGrad' in input && input.requiresGrad;
    if (isMarked && !(input instanceof Parameter))
      refuse(name, 'requiresGrad of a tensor that collects no gradient: pass new Parameter(data, shape)');
    for (const key of keysOf(input)) {
      const owner = tapes.get(key);
      if (owner && owner !== this && !owner.isFreed)
        refuse(
          name,
          'a tensor belongs to another record, whose backward has not run: compute both in one record, or detach() it',
        );
    }
  }
}
