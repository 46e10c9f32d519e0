// torch.nn.functional's six convolutions: the weights are arguments, and plans are cached per weight array.

import { describe, type Where } from '../core/errors.js';
import { Recent } from '../core/recent.js';
import { asTensor, type Tensor, type TensorLike } from '../core/tensor.js';
import { type Convolution, convolutionOf } from '../problem/convolution.js';
import type { Kind } from '../problem/kind.js';
import { checkSize } from '../problem/line.js';
import {
  type AnyOptions,
  type CheckedOptions,
  checkOptions,
  type FunctionalOptions,
  type FunctionalTransposeOptions,
} from '../problem/options.js';
import { checkParameterShapes } from '../problem/parameter-shapes.js';
import { plainKind } from '../problem/plain.js';
import { functionName, problemOf } from '../problem/problem.js';
import type { Rank } from '../problem/sizes.js';
import { transposedKind } from '../problem/transposed.js';
import { forward, inputTensor, outputShapeOf } from './call.js';
import { EPILOGUE_OPTIONS, type EpilogueOptions, epilogueOf } from './epilogue.js';
import { GivenParameters, plansForCall } from './functional-weights.js';
import { recording } from './recording.js';
import { winogradSetting } from './winograd-setting.js';

/** What calls with the same options and sizes have in common. */
interface Sized {
  readonly convolution: Convolution;
  readonly outputShape: readonly number[];
}

/** Checked problems of recent calls. The key is a string of all options and sizes. */
const CACHE_SIZE = 64;
const checkedCalls = new Recent<string, Sized>(CACHE_SIZE);

/** @throws RangeError for sizes that torch rejects, with its message */
function sizedOf(
  checked: CheckedOptions,
  { shape: input }: Tensor,
  { shape: weight }: Tensor,
  bias: Tensor | null,
  where: Where,
): Sized {
  checkParameterShapes(checked, { input, weight, bias: bias?.shape ?? null }, where);
  const problem = problemOf(checked, { input, weight }, where);
  checkSize(problem, where);
  return { convolution: convolutionOf(problem), outputShape: outputShapeOf(problem, input.length) };
}

function compute(
  kind: Kind,
  rank: Rank,
  x: TensorLike,
  weight: TensorLike,
  bias: TensorLike | null | undefined,
  options: (AnyOptions & EpilogueOptions) | undefined,
): Tensor {
  const where: Where = () => functionName({ kind, rank });
  const checked = checkOptions({ kind, rank, isLayer: false }, options, where, EPILOGUE_OPTIONS);
  const epilogue = epilogueOf(options, where);
  const input = inputTensor(x, where);
  const w = asTensor(weight, `${where()}: weight`);
  const b =
    bias === null || bias === undefined ? null : asTensor(bias, `${where()}: bias (null if there is none)`);
  const detailed: Where = () => `${where()} of input ${describe(input.shape)}, weight ${describe(w.shape)}`;
  const { groups, stride, padding, paddingEnd, dilation, outputPadding } = checked;
  const key = `${where()} ${input.shape} ${w.shape} ${b?.shape} ${groups} ${stride} ${padding} ${paddingEnd} ${dilation} ${outputPadding}`;
  const { convolution, outputShape } =
    checkedCalls.get(key) ?? checkedCalls.set(key, sizedOf(checked, input, w, b, detailed));
  const prepared = plansForCall(weight, convolution.line).prepared(convolution, {
    winograd: winogradSetting.preference,
  });
  const call = { prepared, outputShape };
  const output = forward(call, input, new GivenParameters(w, b), options?.out, epilogue, detailed);
  recording.recorder?.functionalCalled({
    options: checked,
    given: options,
    x,
    weight,
    bias: bias ?? null,
    input,
    weightTensor: w,
    biasTensor: b,
    output,
  });
  return output;
}

/**
 * 1-D convolution (cross-correlation), as torch.nn.functional.conv1d.
 *
 * @param x the input, (batch, channels, length) or (channels, length)
 * @param weight the weight, (filters, channels / groups, kernel)
 * @param bias the bias, (filters), also as a typed array, or null
 * @param options stride, padding, dilation, groups; and `out`, `add`, `scale` and activations, as for a layer's `forward`
 * @returns the output, (batch, filters, output length), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 * @example
 * import { functional as F } from 'convnd';
 * console.log(F.conv1d([[1, 2, 3, 4]], [[[1, -1]]]).data.join()); // -1,-1,-1
 */
export function conv1d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | null,
  options?: FunctionalOptions<1> & EpilogueOptions,
): Tensor {
  return compute(plainKind, 1, x, weight, bias, options);
}

/**
 * 2-D convolution (cross-correlation), as torch.nn.functional.conv2d.
 *
 * @param x the input, (batch, channels, height, width) or (channels, height, width)
 * @param weight the weight, (filters, channels / groups, kernel height, kernel width)
 * @param bias the bias, (filters), also as a typed array, or null
 * @param options stride, padding, dilation, groups; and `out`, `add`, `scale` and activations, as for a layer's `forward`
 * @returns the output, (batch, filters, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 * @example
 * import { functional as F } from 'convnd';
 * const edges = F.conv2d([[[0, 0, 1, 1]]], [[[[-1, 1]]]], null, { padding: 'same' });
 * console.log(edges.data.join()); // 0,1,0,-1
 */
export function conv2d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | null,
  options?: FunctionalOptions<2> & EpilogueOptions,
): Tensor {
  return compute(plainKind, 2, x, weight, bias, options);
}

/**
 * 3-D convolution (cross-correlation), as torch.nn.functional.conv3d.
 *
 * @param x the input, (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param weight the weight, (filters, channels / groups, kernel depth, kernel height, kernel width)
 * @param bias the bias, (filters), also as a typed array, or null
 * @param options stride, padding, dilation, groups; and `out`, `add`, `scale` and activations, as for a layer's `forward`
 * @returns the output, (batch, filters, output depth, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const ones = tensor(new Float32Array(27).fill(1), [1, 3, 3, 3]);
 * console.log(F.conv3d(ones, tensor(ones, [1, 1, 3, 3, 3])).data.join()); // 27
 */
export function conv3d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | null,
  options?: FunctionalOptions<3> & EpilogueOptions,
): Tensor {
  return compute(plainKind, 3, x, weight, bias, options);
}

/**
 * 1-D transposed convolution, as torch.nn.functional.conv_transpose1d.
 *
 * @param x the input, (batch, channels, length) or (channels, length)
 * @param weight the weight, (channels, filters / groups, kernel)
 * @param bias the bias, (filters), also as a typed array, or null
 * @param options stride, padding, outputPadding, groups, dilation; and `out`, `add`, `scale` and activations, as for a layer's `forward`
 * @returns the output, (batch, filters, output length), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 * @example
 * import { functional as F } from 'convnd';
 * console.log(F.convTranspose1d([[1, 2]], [[[1, 10]]], null, { stride: 2 }).data.join()); // 1,10,2,20
 */
export function convTranspose1d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | null,
  options?: FunctionalTransposeOptions<1> & EpilogueOptions,
): Tensor {
  return compute(transposedKind, 1, x, weight, bias, options);
}

/**
 * 2-D transposed convolution, as torch.nn.functional.conv_transpose2d.
 *
 * @param x the input, (batch, channels, height, width) or (channels, height, width)
 * @param weight the weight, (channels, filters / groups, kernel height, kernel width)
 * @param bias the bias, (filters), also as a typed array, or null
 * @param options stride, padding, outputPadding, groups, dilation; and `out`, `add`, `scale` and activations, as for a layer's `forward`
 * @returns the output, (batch, filters, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 * @example
 * import { functional as F } from 'convnd';
 * const twice = F.convTranspose2d([[[1, 2]]], [[[[1, 1], [1, 1]]]], null, { stride: 2 });
 * console.log(twice.shape.join(), twice.data.join()); // 1,2,4 1,1,2,2,1,1,2,2
 */
export function convTranspose2d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | null,
  options?: FunctionalTransposeOptions<2> & EpilogueOptions,
): Tensor {
  return compute(transposedKind, 2, x, weight, bias, options);
}

/**
 * 3-D transposed convolution, as torch.nn.functional.conv_transpose3d.
 *
 * @param x the input, (batch, channels, depth, height, width) or (channels, depth, height, width)
 * @param weight the weight, (channels, filters / groups, kernel depth, kernel height, kernel width)
 * @param bias the bias, (filters), also as a typed array, or null
 * @param options stride, padding, outputPadding, groups, dilation; and `out`, `add`, `scale` and activations, as for a layer's `forward`
 * @returns the output, (batch, filters, output depth, output height, output width), or without batch if the input has none
 * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
 * @example
 * import { functional as F, tensor } from 'convnd';
 * const x = tensor([5], [1, 1, 1, 1]);
 * console.log(F.convTranspose3d(x, tensor(new Float32Array(8).fill(1), [1, 1, 2, 2, 2])).shape.join()); // 1,2,2,2
 */
export function convTranspose3d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | null,
  options?: FunctionalTransposeOptions<3> & EpilogueOptions,
): Tensor {
  return compute(transposedKind, 3, x, weight, bias, options);
}
