// Operands: the arguments of one call of a convolution.

import type { Tensor } from '../core/tensor.js';
import type { Epilogue } from './activation.js';
import type { Parameters } from './parameters.js';

/** The arguments of one call. The tensors have the sizes of the convolution. */
export interface Operands {
  readonly input: Tensor;
  readonly output: Tensor;
  readonly parameters: Parameters;
  readonly epilogue: Epilogue | undefined;
  /** whether the output overwrites the input: both begin at the same number, and their maps have the same sizes */
  readonly inPlace: boolean;
}
