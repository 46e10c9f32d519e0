// Activation: what a call does beside the convolution: activations, a scale and an addition, as the entry `finish` computes them.

import type { Tensor } from '../core/tensor.js';
import { CLAMP, GELU, HARDSWISH, LEAKY_RELU, SIGMOID, SILU, TANH } from '../shared/sizes.js';

/** The activations of `finish`, and their numbers in its task. */
export const kinds = {
  clamp: CLAMP,
  leakyRelu: LEAKY_RELU,
  hardswish: HARDSWISH,
  tanh: TANH,
  sigmoid: SIGMOID,
  silu: SILU,
  gelu: GELU,
};

/** An activation and its operand: the slope of a leaky ReLU, or the upper bound of a clamp. */
export interface Activation {
  readonly entry: keyof typeof kinds;
  readonly operand: number;
}

/** The output is activation(scale · convolution(input(x)) + add); the convolution includes the bias. */
export interface Epilogue {
  readonly input?: Activation | undefined;
  readonly scale: number;
  /** of the output's shape; it may be the output itself */
  readonly add?: Tensor | undefined;
  readonly activation?: Activation | undefined;
}

/** Whether an epilogue changes results. */
export function changesResults(epilogue: Epilogue | undefined): epilogue is Epilogue {
  return epilogue !== undefined && (epilogue.scale !== 1 || !!epilogue.add || !!epilogue.activation);
}
