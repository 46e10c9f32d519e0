// Recording: where a training program sees the calls of layers and functionals. Nobody listens until convnd/train does.

import type { Where } from '../core/errors.js';
import type { Shape, Tensor, TensorLike } from '../core/tensor.js';
import type { CheckedOptions } from '../problem/options.js';

/** A call of a functional. */
export interface FunctionalCall {
  readonly options: CheckedOptions;
  /** options as they were handed over, those of `forward` among them */
  readonly given: object | undefined;
  /** what was handed over: a chain is known by the objects */
  readonly x: TensorLike;
  readonly weight: TensorLike;
  readonly bias: TensorLike | null;
  /** the same as tensors */
  readonly input: Tensor;
  readonly weightTensor: Tensor;
  readonly biasTensor: Tensor | null;
  readonly output: Tensor;
}

/** Is told of every call once it is computed, and makes their outputs. */
export interface Recorder {
  /** A tensor for the output of a call, with any numbers in it. */
  newOutput(shape: Shape, where: Where): Tensor;
  /**
   * @param layer the layer
   * @param x what was handed over: a chain is known by the objects
   * @param input the same as a tensor
   * @param options those of `forward`
   */
  layerCalled(layer: object, x: TensorLike, input: Tensor, output: Tensor, options: object | undefined): void;
  functionalCalled(call: FunctionalCall): void;
  /**
   * Is told of a call that has no gradient.
   * @throws RangeError where one would be needed
   */
  notRecorded(input: Tensor, where: Where): void;
}

/** Who is told, if anybody, and who looks at every `out` since something was recorded. */
export const recording: {
  recorder: Recorder | undefined;
  checkOut: ((out: Tensor, where: Where) => void) | undefined;
} = { recorder: undefined, checkOut: undefined };
