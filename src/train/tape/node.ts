// Node: one recorded operation of the computation graph.

import type { Tensor, TensorLike } from '../../core/tensor.js';
import type { Parameter } from '../../layers/parameter.js';

/** An operation and its gradients. */
export interface Operation {
  /** names it in error messages: a layer's repr, or torch's name of a function */
  readonly name: () => string;
  /** the arguments as the caller passed them, compared by identity; null for an omitted one */
  readonly inputs: readonly (TensorLike | null)[];
  readonly output: Tensor;
  /** The tensors that must not be modified until backward, if any. `wanted` says which inputs' gradients will be computed. */
  saved(wanted: readonly boolean[]): readonly (Tensor | false | null | undefined)[];
  /** whether `gradients` returns only new tensors that are not referenced elsewhere */
  readonly givesNew: boolean;
  /**
   * The gradients of the inputs; null if not wanted or if there is none. They may be `gradOutput` itself, unless `givesNew` is set.
   * @param wanted for each input, whether its gradient is wanted
   */
  gradients(gradOutput: Tensor, wanted: readonly boolean[]): readonly (Tensor | null)[];
}

/** The origin of a tensor: the operation that computed it, or a parameter with `requiresGrad`. */
export type Source = Node | Parameter;

/** An operation that depends on a parameter. */
export class Node {
  /** the origin of each input; undefined for a constant */
  readonly sources: readonly (Source | undefined)[];
  readonly operation: Operation;

  constructor(operation: Operation, sources: readonly (Source | undefined)[]) {
    this.operation = operation;
    this.sources = sources;
  }
}
