// Recording: where a training program sees the calls of layers and functionals. Nobody listens until convnd/train does. A call says what it
// computed, and convnd/train has the gradients, so that who never trains carries none.

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

/** The inputs of a window along an axis. */
export interface Reach {
  /** the first input; 0 where there is none */
  readonly first: number;
  /** how many there are, `step` apart */
  readonly count: number;
  /** what a sum over the window is divided by, for this axis */
  readonly divisor: number;
}

/** The windows along an axis. */
export interface AxisWindows {
  readonly input: number;
  readonly output: number;
  /** from one element of a window to the next */
  readonly step: number;
  /** The inputs of an output. */
  at(output: number): Reach;
}

/** A call of a function of one tensor. */
interface FunctionCall {
  readonly name: Where;
  /** what was handed over: a chain is known by the objects */
  readonly x: TensorLike;
  /** the same as a tensor */
  readonly input: Tensor;
  readonly output: Tensor;
}

/** A call of a function that makes a number of each window. */
export interface WindowsCall extends FunctionCall {
  /** the largest number of each window, the first of equal ones; or the sum, over the divisors of all axes */
  readonly isMax: boolean;
  readonly maps: number;
  readonly axes: readonly AxisWindows[];
}

/** A call of a function each of whose outputs is a sum of inputs. */
export interface CopyingCall extends FunctionCall {
  /** Sums each gradient of an output at the inputs that it is a sum of; gradients of inputs are zeros before. */
  adjoint(ofOutput: Float32Array, ofInput: Float64Array): void;
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
  windowsCalled(call: WindowsCall): void;
  copyingCalled(call: CopyingCall): void;
}

/** Who is told, if anybody, and who looks at every `out` since something was recorded. */
export const recording: {
  recorder: Recorder | undefined;
  checkOut: ((out: Tensor, where: Where) => void) | undefined;
} = { recorder: undefined, checkOut: undefined };
