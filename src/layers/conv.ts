// Layers: torch.nn's convolution layers. What they do is in layer.ts; here are their names, options and documentation.

import type { Tensor, TensorLike } from '../core/tensor.js';
import type { PaddingMode } from '../geometry/padding.js';
import type { FunctionalOptions, FunctionalTransposeOptions, KernelSizes, Rank } from '../problem/options.js';
import type { ForwardOptions, TransposeForwardOptions } from './epilogue.js';
import { layerFrom, type NormOptions } from './from.js';
import { Layer } from './layer.js';
import type { LayerArguments } from './spec.js';
import type { StateDictLike } from './state.js';

/** Options of `Conv1d`, `Conv2d`, `Conv3d`, with torch's defaults. */
export interface ConvOptions<R extends Rank> extends FunctionalOptions<R> {
  /** adds a learnt number to each output channel; default true */
  bias?: boolean | undefined;
  /** values outside the input: 'zeros' (default), 'reflect', 'replicate' or 'circular' */
  paddingMode?: PaddingMode | undefined;
}

/** Options of `ConvTranspose1d`, `ConvTranspose2d`, `ConvTranspose3d`, with torch's defaults. */
export interface ConvTransposeOptions<R extends Rank> extends FunctionalTransposeOptions<R> {
  /** adds a learnt number to each output channel; default true */
  bias?: boolean | undefined;
  /** only 'zeros', as in torch */
  paddingMode?: 'zeros' | undefined;
}

/** Options of `from`, as of `Conv2d.from`: those of the layer without `bias`, and those of its norms. */
export interface ConvFromOptions<R extends Rank> extends Omit<ConvOptions<R>, 'bias'>, NormOptions {}

/** Options of `from`, as of `ConvTranspose2d.from`: those of the layer without `bias`, and those of its norms. */
export interface ConvTransposeFromOptions<R extends Rank>
  extends Omit<ConvTransposeOptions<R>, 'bias'>,
    NormOptions {}

/** What the constructors hand on, besides the options. */
type Given<R extends Rank> = Omit<LayerArguments, 'transposed'> & { readonly rank: R };

abstract class Conv<R extends Rank> extends Layer {
  protected constructor(given: Given<R>, options: ConvOptions<R> | undefined) {
    super({ ...given, transposed: false }, options);
  }

  /**
   * Convolves an input.
   * @param x (batch, inChannels, ...sizes) or (inChannels, ...sizes)
   * @param options.out a tensor for the result, so that nothing is allocated
   * @returns (batch, outChannels, ...sizes of the output), unbatched for an unbatched input; `out` if given
   * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
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

abstract class ConvTranspose<R extends Rank> extends Layer {
  protected constructor(given: Given<R>, options: ConvTransposeOptions<R> | undefined) {
    super({ ...given, transposed: true }, options);
  }

  /**
   * Applies the transposed convolution to an input.
   * @param x (batch, inChannels, ...sizes) or (inChannels, ...sizes)
   * @param options.out a tensor for the result, so that nothing is allocated
   * @param options.outputSize sizes of the output, from the least to stride - 1 more; replaces `outputPadding`
   * @returns (batch, outChannels, ...sizes of the output), unbatched for an unbatched input; `out` if given
   * @throws RangeError for invalid sizes, TypeError for invalid types, with torch's messages
   * @example
   * import { ConvTranspose1d } from 'convnd';
   * const twice = new ConvTranspose1d(1, 1, 2, { stride: 2, bias: false });
   * twice.weight = [[[1, 1]]];
   * console.log(twice.forward([[3, 4]]).data.join()); // 3,3,4,4
   * console.log(twice.forward([[3, 4]], { outputSize: [5] }).data.join()); // 3,3,4,4,0
   */
  forward(x: TensorLike, options?: TransposeForwardOptions): Tensor {
    return this.compute(x, options);
  }
}

/**
 * Convolution (cross-correlation) over a signal of several channels: torch.nn.Conv1d.
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
   * @param kernelSize a number, or one for each axis
   * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
   */
  constructor(inChannels: number, outChannels: number, kernelSize: KernelSizes<1>, options?: ConvOptions<1>) {
    super({ rank: 1, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Creates a layer from the entries of a state dict under a prefix, with norms folded; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvFromOptions<1>): Conv1d {
    return layerFrom(Conv1d, false, 1, dict, prefix, options);
  }
}

/**
 * Convolution (cross-correlation) over images of several channels: torch.nn.Conv2d.
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
   * @param kernelSize a number, or one for each axis
   * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
   */
  constructor(inChannels: number, outChannels: number, kernelSize: KernelSizes<2>, options?: ConvOptions<2>) {
    super({ rank: 2, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /**
   * Creates a layer from the entries of a state dict under a prefix, without drawing random weights. `weight_norm`, `spectral_norm` (as in eval
   * mode) and pruning are detected by their names and folded, and so is the BatchNorm named by `batchNorm`: in float64, rounded once.
   * @param dict tensors by name, as from `loadSafetensors`
   * @param prefix the start of the layer's names; the last dot may be omitted
   * @param options those of the layer without `bias`: the layer has a bias if the state dict has one or a BatchNorm adds one
   * @throws RangeError for missing and unexpected names and for sizes that don't match, TypeError for invalid types
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
    return layerFrom(Conv2d, false, 2, dict, prefix, options);
  }
}

/**
 * Convolution (cross-correlation) over volumes of several channels: torch.nn.Conv3d.
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
   * @param kernelSize a number, or one for each axis
   * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
   */
  constructor(inChannels: number, outChannels: number, kernelSize: KernelSizes<3>, options?: ConvOptions<3>) {
    super({ rank: 3, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Creates a layer from the entries of a state dict under a prefix, with norms folded; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvFromOptions<3>): Conv3d {
    return layerFrom(Conv3d, false, 3, dict, prefix, options);
  }
}

/**
 * Transposed convolution over a signal of several channels: torch.nn.ConvTranspose1d.
 * Input (batch, inChannels, length) or unbatched; weight (inChannels, outChannels / groups, kernel).
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 * @example
 * import { ConvTranspose1d } from 'convnd';
 * const up = new ConvTranspose1d(512, 256, 16, { stride: 8, padding: 4 });
 * console.log(up.outputShape([1, 512, 64]).join()); // 1,256,512
 */
export class ConvTranspose1d extends ConvTranspose<1> {
  /**
   * @param inChannels channels of the input
   * @param outChannels channels of the output
   * @param kernelSize a number, or one for each axis
   * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSizes<1>,
    options?: ConvTransposeOptions<1>,
  ) {
    super({ rank: 1, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Creates a layer from the entries of a state dict under a prefix, with norms folded; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvTransposeFromOptions<1>): ConvTranspose1d {
    return layerFrom(ConvTranspose1d, true, 1, dict, prefix, options);
  }
}

/**
 * Transposed convolution over images of several channels: torch.nn.ConvTranspose2d.
 * Input (batch, inChannels, height, width) or unbatched; weight (inChannels, outChannels / groups, kernel height, kernel width).
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
 * @example
 * import { ConvTranspose2d, tensor } from 'convnd';
 * const up = new ConvTranspose2d(16, 8, 3, { stride: 2, padding: 1 });
 * const x = tensor(new Float32Array(16 * 5 * 6), [1, 16, 5, 6]);
 * console.log(up.forward(x, { outputSize: [10, 12] }).shape.join()); // 1,8,10,12
 */
export class ConvTranspose2d extends ConvTranspose<2> {
  /**
   * @param inChannels channels of the input
   * @param outChannels channels of the output
   * @param kernelSize a number, or one for each axis
   * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSizes<2>,
    options?: ConvTransposeOptions<2>,
  ) {
    super({ rank: 2, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Creates a layer from the entries of a state dict under a prefix, with norms folded; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvTransposeFromOptions<2>): ConvTranspose2d {
    return layerFrom(ConvTranspose2d, true, 2, dict, prefix, options);
  }
}

/**
 * Transposed convolution over volumes of several channels: torch.nn.ConvTranspose3d.
 * Input (batch, inChannels, depth, height, width) or unbatched; weight (inChannels, outChannels / groups, kernel depth, kernel height, kernel width).
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 * @example
 * import { ConvTranspose3d } from 'convnd';
 * const up = new ConvTranspose3d(64, 32, 2, { stride: 2 });
 * console.log(up.outputShape([1, 64, 16, 16, 16]).join()); // 1,32,32,32,32
 */
export class ConvTranspose3d extends ConvTranspose<3> {
  /**
   * @param inChannels channels of the input
   * @param outChannels channels of the output
   * @param kernelSize a number, or one for each axis
   * @throws RangeError for invalid values, TypeError for invalid types, with torch's messages
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSizes<3>,
    options?: ConvTransposeOptions<3>,
  ) {
    super({ rank: 3, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Creates a layer from the entries of a state dict under a prefix, with norms folded; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvTransposeFromOptions<3>): ConvTranspose3d {
    return layerFrom(ConvTranspose3d, true, 3, dict, prefix, options);
  }
}

/**
 * A Conv1d that infers `inChannels` from its first input (or state dict): torch.nn.LazyConv1d.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html
 * @example
 * import { LazyConv1d } from 'convnd';
 * const layer = new LazyConv1d(4, 3);
 * layer.forward([[1, 2, 3]]);
 * console.log(String(layer)); // Conv1d(1, 4, kernel_size=(3,), stride=(1,))
 */
export class LazyConv1d extends Conv<1> {
  constructor(outChannels: number, kernelSize: KernelSizes<1>, options?: ConvOptions<1>) {
    super({ rank: 1, lazy: true, inChannels: 0, outChannels, kernelSize }, options);
  }
}

/**
 * A Conv2d that infers `inChannels` from its first input (or state dict): torch.nn.LazyConv2d.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConv2d.html
 * @example
 * import { LazyConv2d } from 'convnd';
 * const layer = new LazyConv2d(4, 2);
 * layer.forward([[[1, 2], [3, 4]], [[0, 0], [0, 0]]]);
 * console.log(String(layer)); // Conv2d(2, 4, kernel_size=(2, 2), stride=(1, 1))
 */
export class LazyConv2d extends Conv<2> {
  constructor(outChannels: number, kernelSize: KernelSizes<2>, options?: ConvOptions<2>) {
    super({ rank: 2, lazy: true, inChannels: 0, outChannels, kernelSize }, options);
  }
}

/**
 * A Conv3d that infers `inChannels` from its first input (or state dict): torch.nn.LazyConv3d.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConv3d.html
 * @example
 * import { LazyConv3d } from 'convnd';
 * const layer = new LazyConv3d(4, [1, 2, 2]);
 * layer.forward([[[[1, 2], [3, 4]]]]);
 * console.log(String(layer)); // Conv3d(1, 4, kernel_size=(1, 2, 2), stride=(1, 1, 1))
 */
export class LazyConv3d extends Conv<3> {
  constructor(outChannels: number, kernelSize: KernelSizes<3>, options?: ConvOptions<3>) {
    super({ rank: 3, lazy: true, inChannels: 0, outChannels, kernelSize }, options);
  }
}

/**
 * A ConvTranspose1d that infers `inChannels` from its first input (or state dict): torch.nn.LazyConvTranspose1d.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html
 * @example
 * import { LazyConvTranspose1d } from 'convnd';
 * const layer = new LazyConvTranspose1d(4, 2);
 * layer.forward([[1, 2, 3]]);
 * console.log(String(layer)); // ConvTranspose1d(1, 4, kernel_size=(2,), stride=(1,))
 */
export class LazyConvTranspose1d extends ConvTranspose<1> {
  constructor(outChannels: number, kernelSize: KernelSizes<1>, options?: ConvTransposeOptions<1>) {
    super({ rank: 1, lazy: true, inChannels: 0, outChannels, kernelSize }, options);
  }
}

/**
 * A ConvTranspose2d that infers `inChannels` from its first input (or state dict): torch.nn.LazyConvTranspose2d.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose2d.html
 * @example
 * import { LazyConvTranspose2d } from 'convnd';
 * const layer = new LazyConvTranspose2d(4, 2);
 * layer.forward([[[1, 2], [3, 4]], [[0, 0], [0, 0]]]);
 * console.log(String(layer)); // ConvTranspose2d(2, 4, kernel_size=(2, 2), stride=(1, 1))
 */
export class LazyConvTranspose2d extends ConvTranspose<2> {
  constructor(outChannels: number, kernelSize: KernelSizes<2>, options?: ConvTransposeOptions<2>) {
    super({ rank: 2, lazy: true, inChannels: 0, outChannels, kernelSize }, options);
  }
}

/**
 * A ConvTranspose3d that infers `inChannels` from its first input (or state dict): torch.nn.LazyConvTranspose3d.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose3d.html
 * @example
 * import { LazyConvTranspose3d } from 'convnd';
 * const layer = new LazyConvTranspose3d(4, 2);
 * layer.forward([[[[1, 2], [3, 4]]]]);
 * console.log(String(layer)); // ConvTranspose3d(1, 4, kernel_size=(2, 2, 2), stride=(1, 1, 1))
 */
export class LazyConvTranspose3d extends ConvTranspose<3> {
  constructor(outChannels: number, kernelSize: KernelSizes<3>, options?: ConvTransposeOptions<3>) {
    super({ rank: 3, lazy: true, inChannels: 0, outChannels, kernelSize }, options);
  }
}
