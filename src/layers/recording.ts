// Recording: where a training program sees the calls of layers and functionals. Nobody listens until convnd/train does.

import type { Tensor, TensorLike } from '../core/tensor.js';
import type { CheckedOptions } from '../problem/options.js';

/** A call of a functional. */
export interface FunctionalCall {
  readonly options: CheckedOptions;
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

/** Is told of every call once it is computed. */
export interface Recorder {
  /**
   * @param layer the layer
   * @param x what was handed over: a chain is known by the objects
   * @param input the same as a tensor
   * @param options those of `forward`
   */
  layerCalled(layer: object, x: TensorLike, input: Tensor, output: Tensor, options: object | undefined): void;
  functionalCalled(call: FunctionalCall): void;
}

/** Who is told, if anybody. */
export const recording: { recorder: Recorder | undefined } = { recorder: undefined };
