// Tape: the recorded operations in order. Tensors carry no graph information: the origin of a tensor is looked up by its identity or that
// of its data array, so that a reshaped tensor with the same array has the same origin.

import { describe, refuse, type Where } from '../../core/errors.js';
import { allocate, type Shape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { heap } from '../../engine/heap.js';
import { ResidentTensor } from '../../engine/resident-tensor.js';
import { isExposed, valuesOf } from '../../layers/internals.js';
import { owners, Parameter } from '../../layers/parameter.js';
import { Intermediate } from '../tensors/intermediate.js';
import { isLackOfMemory } from '../tensors/temporary.js';
import { Guards } from './guards.js';
import { Node, type Operation, type Source } from './node.js';

/**
 * With more wasm memory than this in use, outputs are plain arrays. A record without a backward leaves its tensors to finalizers, which
 * run only between tasks.
 */
const MAX_BYTES = 2 ** 30;

/** The tape that recorded a tensor or data array. */
const tapes = new WeakMap<object, Tape>();

/** The objects that identify a tensor: itself and its data array. */
function keysOf(tensor: TensorLike): object[] {
  if (typeof tensor !== 'object') return [];
  // reading `data` would mark the parameter as exposed, so that the layer checks its values before each forward
  if (tensor instanceof Parameter) return isExposed(tensor) ? [tensor, valuesOf(tensor)] : [tensor];
  // each read of a resident tensor's `data` makes a new view; that of an intermediate tensor is an array after the first read
  const isArray =
    tensor instanceof ResidentTensor ? tensor instanceof Intermediate && tensor.isRead : 'data' in tensor;
  return isArray ? [tensor, (tensor as Tensor).data] : [tensor];
}

/** The operations of one call of `record`. */
export class Tape {
  readonly nodes: Node[] = [];
  /** the origins of detached tensors */
  readonly detached = new Set<Source>();
  #guards = new Guards();
  #sources = new WeakMap<object, Node>();
  readonly #intermediates: Intermediate[] = [];
  #isFreed = false;

  /** Detects modifications of tensors that backward needs. */
  get guards(): Guards {
    return this.#guards;
  }

  /** Whether the record was freed by backward. */
  get isFreed(): boolean {
    return this.#isFreed;
  }

  /** The origin of a tensor; undefined if it depends on no parameter with `requiresGrad`. */
  sourceOf(tensor: TensorLike | null): Source | undefined {
    if (tensor === null) return undefined;
    if (tensor instanceof Parameter) return tensor.requiresGrad ? tensor : undefined;
    for (const key of keysOf(tensor)) {
      // the array may be a parameter's: then this is the parameter in another shape
      const source = this.#sources.get(key) ?? this.sourceOf(owners.get(key) ?? null);
      if (source) return source;
    }
    return undefined;
  }

  /** Records an operation, if it depends on a parameter with `requiresGrad`. */
  record(operation: Operation): void {
    const { inputs, output, name } = operation;
    for (const input of inputs) this.#check(input, name);
    const sources = inputs.map((input) => this.sourceOf(input));
    if (!sources.some((source) => source)) return;
    const node = new Node(operation, sources);
    this.nodes.push(node);
    for (const tensor of [...inputs, output]) this.#guards.watchShape(tensor);
    for (const tensor of operation.saved(sources.map((source) => source !== undefined)))
      if (tensor) this.#guards.watch(tensor);
    this.#know(output, node);
  }

  /** Allocates the output of an operation. Uninitialised. */
  newOutput(shape: Shape, where: Where): Tensor {
    if (heap().usage.live < MAX_BYTES) {
      try {
        const output = new Intermediate(shape, this.#handedOut);
        this.#intermediates.push(output);
        return output;
      } catch (error) {
        if (!isLackOfMemory(error)) throw error;
      }
    }
    return allocate([...shape], () => `the output ${describe(shape)} [${where()}]`);
  }

  /** Releases everything, so that a tensor the caller keeps does not keep others alive, and frees the tensors whose data was not read. */
  free(): void {
    this.#isFreed = true;
    this.nodes.length = 0;
    this.detached.clear();
    this.#sources = new WeakMap();
    this.#guards = new Guards();
    for (const tensor of this.#intermediates) tensor.free();
    this.#intermediates.length = 0;
  }

  /** Called when `data` of an intermediate tensor is first read: user code may modify it from now on, so it must be watched. */
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
   * @throws RangeError for a tensor whose gradient would be lost: it belongs to another record before its backward, or it has
   * `requiresGrad` set but is not a Parameter
   */
  #check(input: TensorLike | null, name: Where): void {
    if (input === null) return;
    const isMarked = typeof input === 'object' && 'requiresGrad' in input && input.requiresGrad;
    if (isMarked && !(input instanceof Parameter))
      refuse(
        name,
        'requiresGrad is set on a tensor that is not a Parameter of this copy of convnd: pass new Parameter(data, shape)',
      );
    for (const key of keysOf(input)) {
      const owner = tapes.get(key);
      if (owner && owner !== this && !owner.isFreed)
        refuse(
          name,
          'a tensor belongs to another record, whose backward was not called yet: compute both in one record, or detach() it',
        );
    }
  }
}
