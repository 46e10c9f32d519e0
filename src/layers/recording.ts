// The hook through which convnd/train records the calls of layers and functionals for backpropagation. A call only describes what it
// computed; the gradients are in convnd/train, so that programs without training do not bundle them.

import type { Where } from '../core/errors.js';
import type { Shape, Tensor, TensorLike } from '../core/tensor.js';
import type { CheckedOptions } from '../problem/options.js';

/** A call of a functional. */
export interface FunctionalCall {
  readonly options: CheckedOptions;
  /** the options as the caller passed them, including those of the epilogue */
  readonly given: object | undefined;
  /** the arguments as the caller passed them: the recorder connects calls by object identity */
  readonly x: TensorLike;
  readonly weight: TensorLike;
  readonly bias: TensorLike | null;
  /** the arguments as tensors */
  readonly input: Tensor;
  readonly weightTensor: Tensor;
  readonly biasTensor: Tensor | null;
  readonly output: Tensor;
}

/** The input positions of one window along an axis. */
export interface Reach {
  /** the first position; 0 if there is none */
  readonly first: number;
  /** the number of positions, `step` apart */
  readonly count: number;
  /** this axis's factor of the divisor of an average */
  readonly divisor: number;
}

/** The windows of a pooling function along an axis. */
export interface AxisWindows {
  /** size of the input */
  readonly input: number;
  /** size of the output */
  readonly output: number;
  /** distance between neighbouring elements of a window: the dilation */
  readonly step: number;
  /** The window of an output position. */
  at(output: number): Reach;
}

/** A call of a function of one tensor. */
interface FunctionCall {
  readonly name: Where;
  /** the argument as the caller passed it: the recorder connects calls by object identity */
  readonly x: TensorLike;
  /** the argument as a tensor */
  readonly input: Tensor;
  readonly output: Tensor;
}

/** A call of a pooling function. */
export interface WindowsCall extends FunctionCall {
  /** true: the maximum of each window, the first of equal ones; false: its sum divided by the product of the divisors */
  readonly isMax: boolean;
  readonly maps: number;
  readonly axes: readonly AxisWindows[];
}

/** A call of a linear function whose outputs are inputs or sums of inputs: `fold` or `unfold`. */
export interface CopyingCall extends FunctionCall {
  /** Applies the adjoint: adds each output gradient to the inputs it came from. `ofInput` is zero-filled by the caller. */
  adjoint(ofOutput: Float32Array, ofInput: Float64Array): void;
}

/** Notified of every call after it is computed; also allocates the outputs of calls. */
export interface Recorder {
  /** Allocates an uninitialised output tensor. */
  newOutput(shape: Shape, where: Where): Tensor;
  /**
   * @param x the input as the caller passed it
   * @param input the input as a tensor
   * @param options the options of `forward`
   */
  layerCalled(layer: object, x: TensorLike, input: Tensor, output: Tensor, options: object | undefined): void;
  functionalCalled(call: FunctionalCall): void;
  windowsCalled(call: WindowsCall): void;
  copyingCalled(call: CopyingCall): void;
}

/** The property of globalThis that `record` sets. A registered symbol is the same in all copies of the library. */
export const RECORDING = Symbol.for('convnd.recording');

/** Throws for calls of copies of the library other than the one that records, because their gradients would be lost. */
export type CheckCopy = (caller: object, where: Where) => void;

/** @throws RangeError if convnd/train of another copy of the library is recording */
export function checkCopy(where: Where): void {
  (globalThis as { [RECORDING]?: CheckCopy })[RECORDING]?.(recording, where);
}

/** The active recorder, and a check of every `out` that is set once something has been recorded. */
export const recording: {
  recorder: Recorder | undefined;
  checkOut: ((out: Tensor, where: Where) => void) | undefined;
} = { recorder: undefined, checkOut: undefined };
