// The options of `forward` and of the functionals: output tensor, and the operations fused with the convolution (its epilogue).

import { numeric } from '../core/arguments.js';
import type { Where } from '../core/errors.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import type { Kind } from '../problem/kind.js';
import type { Epilogue } from '../run/activation.js';
import { type ActivationName, activationOf, OF_INPUT } from './activation.js';
import { inputTensor } from './call.js';

/**
 * Options of `forward` and of the functionals. One call computes
 * `activation(scale * (convolution(inputActivation(x)) + bias) + add)`, with the extra steps fused into the convolution.
 *
 * Each step rounds to float32. The error of tanh, sigmoid and silu is at most 2.5 ulp; that of gelu is at most 3.1 ulp for x >= -1, and
 * 3.1 + x² ulp below. silu, hardswish and gelu of -Infinity are NaN, as torch's formulas give.
 *
 * @example
 * import { Conv1d } from 'convnd';
 * const double = new Conv1d(1, 1, 1, { bias: false });
 * double.weight = [[[2]]];
 * const x = [[-1, 2, 3]];
 * // torch: relu(-0.5 * double(relu(x)) + torch.tensor([[10, 10, 1]]))
 * const options = { inputActivation: 'relu', scale: -0.5, add: [[10, 10, 1]], activation: 'relu' } as const;
 * console.log(double.forward(x, options).data.join()); // 10,8,0
 */
export interface EpilogueOptions {
  /**
   * A tensor of the output's shape to write the result to, so that nothing is allocated. For in-place computation it may be the input
   * itself, or start at the input's first channel (`x.channels(0, 3)`), if the maps of input and output have the same size. The result
   * is bitwise the same. Any other overlap with the input throws a RangeError.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html for `inplace` in torch
   * @example
   * import { Conv1d, resident, tensor } from 'convnd';
   * const sums = new Conv1d(1, 1, 3, { padding: 1, bias: false });
   * sums.weight = [[[1, 1, 1]]];
   * const x = resident(tensor([1, 2, 3, 4], [1, 4]));
   * for (let i = 0; i < 2; i++) sums.forward(x, { out: x });
   * console.log(x.data.join()); // 9,18,22,16
   */
  out?: Tensor | undefined;
  /** a tensor of the output's shape that is added to the result, such as the skip connection of a residual block. May be `out` itself */
  add?: TensorLike | undefined;
  /** multiplies the convolution and its bias, before `add`; default 1 */
  scale?: number | undefined;
  /** the activation applied to the result, last */
  activation?: ActivationName | undefined;
  /** negative slope of `leakyRelu`; default 0.01 */
  negativeSlope?: number | undefined;
  /** the activation applied to the input, before padding. The input tensor itself is not modified */
  inputActivation?: ActivationName | undefined;
  /** negative slope of an `inputActivation` of `leakyRelu`; default 0.01 */
  inputNegativeSlope?: number | undefined;
}

/** Options of a layer's `forward`. */
export interface ForwardOptions extends EpilogueOptions {
  /**
   * integer scale factor of a nearest-neighbour upsampling of the input, like torch's `interpolate` with mode 'nearest', fused with the
   * convolution: the upsampled input is never stored. One number for all axes, or one per axis. Not for transposed layers
   */
  upsample?: number | readonly number[] | undefined;
}

/** Options of a transposed layer's `forward`. */
export interface TransposeForwardOptions extends ForwardOptions {
  /** the output sizes: spatial, or the whole shape with channels and batch; replaces `outputPadding` */
  outputSize?: readonly number[] | undefined;
}

/** The options of `forward` that affect the output shape. */
export type SizeOptions = Pick<TransposeForwardOptions, 'outputSize' | 'upsample'>;

/** The option names that layers and functionals share. */
export const EPILOGUE_OPTIONS = [
  'out',
  'add',
  'scale',
  'activation',
  'negativeSlope',
  'inputActivation',
  'inputNegativeSlope',
];

/** The option names of `forward`. */
export const callOptions = ({ transposed }: Kind) => (transposed ? TRANSPOSED_CALL : PLAIN_CALL);

/** The names of those that affect the output shape. */
export const sizeOptions = ({ transposed }: Kind) => (transposed ? TRANSPOSED_SIZES : PLAIN_SIZES);

const PLAIN_SIZES = ['upsample'];
const TRANSPOSED_SIZES = [...PLAIN_SIZES, 'outputSize'];
const PLAIN_CALL = [...EPILOGUE_OPTIONS, ...PLAIN_SIZES];
const TRANSPOSED_CALL = [...EPILOGUE_OPTIONS, ...TRANSPOSED_SIZES];

/**
 * Checks the options that are fused with the convolution.
 * @returns undefined if there is nothing to fuse
 * @throws TypeError for wrong types, RangeError for options that exclude each other
 */
export function epilogueOf(options: EpilogueOptions | undefined, where: Where): Epilogue | undefined {
  if (!options) return undefined;
  const { scale = 1 } = options;
  const activation = activationOf(options.activation, options.negativeSlope, where);
  const input = activationOf(options.inputActivation, options.inputNegativeSlope, where, OF_INPUT);
  numeric(scale, 'scale', where);
  const add = options.add === undefined ? undefined : inputTensor(options.add, where, 'add');
  return activation || input || add || scale !== 1 ? { input, scale, add, activation } : undefined;
}
