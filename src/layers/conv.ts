// The public layer classes Conv1d, Conv2d and Conv3d: constructors and documentation. Layer implements them.

import type { Tensor, TensorLike } from '../core/tensor.js';
import { plainKind } from '../problem/plain.js';
import type { KernelSizes, Rank } from '../problem/sizes.js';
import type { ConvFromOptions, ConvOptions } from './conv-options.js';
import type { ForwardOptions } from './epilogue.js';
import { layerFrom } from './from.js';
import { Layer } from './layer.js';
import type { RankedArguments } from './spec.js';
import type { StateDictLike } from './state.js';

/** The base class of the convolutions. */
export abstract class Conv<R extends Rank> extends Layer {
  protected constructor(given: RankedArguments<R>, options: ConvOptions<R> | undefined) {
    super({ ...given, kind: plainKind }, options);
  }

  /**
   * Computes the convolution of an input.
   * @param x the input, (batch, inChannels, ...sizes) or (inChannels, ...sizes)
   * @param options.out a tensor to write the result to, so that nothing is allocated
   * @returns the output, (batch, outChannels, ...output sizes), or without batch if the input has none; `out` if it was passed
   * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
   * @example
   * import { Conv1d, tensor } from 'convnd';
   * const difference = new Conv1d(1, 1, 2, { bias: false });
   * difference.weight = [[[-1, 1]]];
   * console.log(difference.forward([[1, 5, 2]]).data.join()); // 4,-3
   * const out = tensor(new Float32Array(2), [1, 2]);
   * difference.forward([[1, 5, 2]], { out, activation: 'relu' });
   * console.log(out.data.join()); // 4,0
   */
  forward(x: TensorLike, options?: ForwardOptions): Tensor {
    return this.compute(x, options);
  }
}

/**
 * 1-D convolution (cross-correlation) over a multi-channel signal: torch.nn.Conv1d.
 * Input (batch, inChannels, length) or unbatched; weight (outChannels, inChannels / groups, kernel).
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 * @example
 * import { Conv1d } from 'convnd';
 * const smooth = new Conv1d(1, 1, 3, { padding: 1, bias: false });
 * smooth.weight = [[[0.25, 0.5, 0.25]]];
 * console.log(smooth.forward([[0, 4, 0]]).data.join()); // 1,2,1
 */
export class Conv1d extends Conv<1> {
  /**
   * @param inChannels channels of the input
   * @param outChannels channels of the output
   * @param kernelSize one number for all axes, or one per axis
   * @param options stride, padding, dilation, groups, bias and more, with torch's defaults
   * @throws RangeError for values and TypeError for types that torch rejects, with its message
   */
  constructor(inChannels: number, outChannels: number, kernelSize: KernelSizes<1>, options?: ConvOptions<1>) {
    super({ rank: 1, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Builds a layer from a state dict; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvFromOptions<1>): Conv1d {
    return layerFrom(this, plainKind, 1, dict, prefix, options);
  }
}

/**
 * 2-D convolution (cross-correlation) over multi-channel images: torch.nn.Conv2d.
 * Input (batch, inChannels, height, width) or unbatched; weight (outChannels, inChannels / groups, kernel height, kernel width).
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 * @example
 * import { Conv2d } from 'convnd';
 * const conv = new Conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false });
 * console.log(conv.outputShape([1, 3, 224, 224]).join(), String(conv));
 * // 1,64,112,112 Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)
 */
export class Conv2d extends Conv<2> {
  /**
   * @param inChannels channels of the input
   * @param outChannels channels of the output
   * @param kernelSize one number for all axes, or one per axis
   * @param options stride, padding, dilation, groups, bias and more, with torch's defaults
   * @throws RangeError for values and TypeError for types that torch rejects, with its message
   */
  constructor(inChannels: number, outChannels: number, kernelSize: KernelSizes<2>, options?: ConvOptions<2>) {
    super({ rank: 2, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /**
   * Builds a layer from a state dict, with the sizes of the stored weight. Folds `weight_norm`, `spectral_norm` (in eval mode) and
   * pruning masks if the dict has them, and the BatchNorm that `batchNorm` names. Folding is done in float64 and rounded once. The prefix
   * of a BatchNorm makes a depthwise layer with a kernel of one element that computes it, for one that follows no layer; its only option
   * is `eps`. Called on a subclass, it builds one of that class, whose constructor gets
   * `(inChannels, outChannels, kernelSize, options)`.
   * @param dict tensors by name, for example from `loadSafetensors`
   * @param prefix the prefix of the layer's names; the trailing dot may be omitted
   * @param options the layer's options except `bias`: the layer has a bias if the dict has one or a BatchNorm is folded
   * @throws RangeError for missing or unexpected names and mismatched sizes, TypeError for wrong types
   * @example
   * import { Conv2d } from 'convnd';
   * const dict = {
   *   'enc.0.weight': [[[[1, 2]]]],
   *   'enc.1.weight': [3],
   *   'enc.1.bias': [0.5],
   *   'enc.1.running_mean': [2],
   *   'enc.1.running_var': [9],
   * };
   * const conv = Conv2d.from(dict, 'enc.0.', { padding: [0, 1], batchNorm: 'enc.1.', eps: 0 });
   * console.log(String(conv), conv.weight.data.join(), conv.bias?.data.join());
   * // Conv2d(1, 1, kernel_size=(1, 2), stride=(1, 1), padding=(0, 1)) 1,2 -1.5
   */
  static from(dict: StateDictLike, prefix = '', options?: ConvFromOptions<2>): Conv2d {
    return layerFrom(this, plainKind, 2, dict, prefix, options);
  }
}

/**
 * 3-D convolution (cross-correlation) over multi-channel volumes: torch.nn.Conv3d.
 * Input (batch, inChannels, depth, height, width) or unbatched; weight (outChannels, inChannels / groups, kernel depth, kernel height, kernel width).
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 * @example
 * import { Conv3d } from 'convnd';
 * const conv = new Conv3d(1, 5, 3, { dilation: 16, padding: 16 });
 * console.log(conv.outputShape([1, 1, 256, 256, 256]).join()); // 1,5,256,256,256
 */
export class Conv3d extends Conv<3> {
  /**
   * @param inChannels channels of the input
   * @param outChannels channels of the output
   * @param kernelSize one number for all axes, or one per axis
   * @param options stride, padding, dilation, groups, bias and more, with torch's defaults
   * @throws RangeError for values and TypeError for types that torch rejects, with its message
   */
  constructor(inChannels: number, outChannels: number, kernelSize: KernelSizes<3>, options?: ConvOptions<3>) {
    super({ rank: 3, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Builds a layer from a state dict; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvFromOptions<3>): Conv3d {
    return layerFrom(this, plainKind, 3, dict, prefix, options);
  }
}
