// Epilogue: the options of `forward` and of the functionals, most of which say what is done right beside the convolution.

import { describe, refuseKind, type Where } from '../core/errors.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import type { Epilogue } from '../run/activation.js';
import { type ActivationName, activationOf, OF_INPUT } from './activation.js';
import { inputTensor } from './call.js';

/**
 * Options of `forward` and of the functionals: activation(scale * (convolution of inputActivation(x) with its bias) + add) in one call.
 * All steps are float32, applied to a few numbers at a time while they are in a cache. Tanh, sigmoid and silu are within 2.5 units in the
 * last place. Gelu is within 3.1 units from -1 on, and within x² more below. Silu, hardswish and gelu of -Infinity are NaN, as in torch's
 * formulas.
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
   * A tensor of the output's shape for the result, so that nothing is allocated. It may be the input itself, or begin with the input's first
   * channel (`x.channels(0, 3)`), if their maps have the same size: then the result is written over the input, with the same bits. Any other
   * overlap throws a RangeError.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html for torch's `inplace`
   * @example
   * import { Conv1d, resident, tensor } from 'convnd';
   * const sums = new Conv1d(1, 1, 3, { padding: 1, bias: false });
   * sums.weight = [[[1, 1, 1]]];
   * const x = resident(tensor([1, 2, 3, 4], [1, 4]));
   * for (let i = 0; i < 2; i++) sums.forward(x, { out: x });
   * console.log(x.data.join()); // 9,18,22,16
   */
  out?: Tensor | undefined;
  /** a tensor of the output's shape that is added to the result, such as the other branch of a residual block. It may be `out` itself */
  add?: TensorLike | undefined;
  /** a factor of the convolution and its bias, applied before `add`; default 1 */
  scale?: number | undefined;
  /** applied last, as in torch */
  activation?: ActivationName | undefined;
  /** slope of leakyRelu for negative numbers, default 0.01 */
  negativeSlope?: number | undefined;
  /** applied to the input before padding. The tensor itself is not changed */
  inputActivation?: ActivationName | undefined;
  /** slope of a leakyRelu of the input, default 0.01 */
  inputNegativeSlope?: number | undefined;
}

/** Options of a layer's `forward`. */
export interface ForwardOptions extends EpilogueOptions {
  /**
   * repeats each element of the input along each axis before the convolution, as torch's `interpolate` with mode 'nearest', without storing
   * the enlarged input. A number for all axes, or one for each; not for transposed layers
   */
  upsample?: number | readonly number[] | undefined;
}

/** Options of a transposed layer's `forward`: those of every layer, and `outputSize`. */
export interface TransposeForwardOptions extends ForwardOptions {
  /** sizes of the output, spatial only or with channels and batch in front; replaces `outputPadding` */
  outputSize?: readonly number[] | undefined;
}

/** What the size of an output follows from, beside the layer and its input. */
export type SizeOptions = Pick<TransposeForwardOptions, 'outputSize' | 'upsample'>;

/** The names of the options that functionals have too. */
export const EPILOGUE_OPTIONS = [
  'out',
  'add',
  'scale',
  'activation',
  'negativeSlope',
  'inputActivation',
  'inputNegativeSlope',
];

/** The names of the options of `forward`. */
export const callOptions = (transposed: boolean) => (transposed ? TRANSPOSED_CALL : PLAIN_CALL);

const PLAIN_CALL = [...EPILOGUE_OPTIONS, 'upsample'];
const TRANSPOSED_CALL = [...PLAIN_CALL, 'outputSize'];

/**
 * What the options say is done beside the convolution, if anything.
 * @throws TypeError, RangeError for options that don't fit
 */
export function epilogueOf(options: EpilogueOptions | undefined, where: Where): Epilogue | undefined {
  if (!options) return undefined;
  const { scale = 1 } = options;
  const activation = activationOf(options.activation, options.negativeSlope, where);
  const input = activationOf(options.inputActivation, options.inputNegativeSlope, where, OF_INPUT);
  if (typeof scale !== 'number') refuseKind(where, `scale must be a number, but got ${describe(scale)}`);
  const add = options.add === undefined ? undefined : inputTensor(options.add, where, 'add');
  return activation || input || add || scale !== 1 ? { input, scale, add, activation } : undefined;
}
