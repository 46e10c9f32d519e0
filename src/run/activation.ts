// Activation: what is done beside a convolution, in its call, as the entry `finish` does it.

import type { Tensor } from '../core/tensor.js';
import { CLAMP, GELU, HARDSWISH, LEAKY_RELU, SIGMOID, SILU, TANH } from '../shared/sizes.js';

/** The activations that `finish` knows, and how its task names them. */
export const kinds = {
  clamp: CLAMP,
  leakyRelu: LEAKY_RELU,
  hardswish: HARDSWISH,
  tanh: TANH,
  sigmoid: SIGMOID,
  silu: SILU,
  gelu: GELU,
};

/** An activation, and what it takes beside the numbers: a slope, or the most that passes. */
export interface Activation {
  readonly entry: keyof typeof kinds;
  readonly operand: number;
}

/** What stands beside a convolution: activation(scale (the convolution of input(x) with its bias) + add). */
export interface Epilogue {
  readonly input?: Activation | undefined;
  readonly scale: number;
  /** of the output's shape; it may be the output itself */
  readonly add?: Tensor | undefined;
  readonly activation?: Activation | undefined;
}

/** Whether something is done to results. */
export function changesResults(epilogue: Epilogue | undefined): epilogue is Epilogue {
  return epilogue !== undefined && (epilogue.scale !== 1 || !!epilogue.add || !!epilogue.activation);
}
