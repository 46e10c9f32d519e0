// Node: one recorded operation, and what a gradient flows to.

import type { Tensor, TensorLike } from '../../core/tensor.js';
import type { Parameter } from '../../layers/parameter.js';

/** What a recorded operation has to say. */
export interface Operation {
  /** names it in errors: a layer as it prints, or torch's name of a function */
  readonly name: () => string;
  /** what it was given, by identity; null for what was left out */
  readonly inputs: readonly (TensorLike | null)[];
  readonly output: Tensor;
  /** the tensors that must stay as they are until backward, if these gradients will be wanted */
  saved(wanted: readonly boolean[]): readonly Tensor[];
  /** whether the gradients are new tensors that nobody else holds */
  readonly givesNew: boolean;
  /**
   * The gradients of the inputs, null where none is wanted or there is none. They may be `gradOutput` itself, unless
   * all are new.
   * @param wanted for each input, whether its gradient is
   */
  gradients(gradOutput: Tensor, wanted: readonly boolean[]): readonly (Tensor | null)[];
}

/** Where a tensor comes from: an operation, or a parameter that is to be trained. */
export type Source = Node | Parameter;

/** An operation that leads to a parameter. */
export class Node {
  /** where each input comes from; undefined for a constant */
  readonly sources: readonly (Source | undefined)[];
  readonly operation: Operation;

  constructor(operation: Operation, sources: readonly (Source | undefined)[]) {
    this.operation = operation;
    this.sources = sources;
  }
}
