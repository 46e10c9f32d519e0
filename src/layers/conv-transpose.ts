// The public layer classes ConvTranspose1d, ConvTranspose2d and ConvTranspose3d: constructors and documentation. Layer implements them.

import type { Tensor, TensorLike } from '../core/tensor.js';
import type { KernelSizes, Rank } from '../problem/sizes.js';
import { transposedKind } from '../problem/transposed.js';
import type { ConvTransposeFromOptions, ConvTransposeOptions } from './conv-options.js';
import type { TransposeForwardOptions } from './epilogue.js';
import { layerFrom } from './from.js';
import { Layer } from './layer.js';
import type { RankedArguments } from './spec.js';
import type { StateDictLike } from './state.js';

/** The base class of the transposed convolutions. */
export abstract class ConvTranspose<R extends Rank> extends Layer {
  protected constructor(given: RankedArguments<R>, options: ConvTransposeOptions<R> | undefined) {
    super({ ...given, kind: transposedKind }, options);
  }

  /**
   * Computes the transposed convolution of an input.
   * @param x the input, (batch, inChannels, ...sizes) or (inChannels, ...sizes)
   * @param options.out a tensor to write the result to, so that nothing is allocated
   * @param options.outputSize the output sizes, each from the smallest possible to stride - 1 more; replaces `outputPadding`
   * @returns the output, (batch, outChannels, ...output sizes), or without batch if the input has none; `out` if it was passed
   * @throws RangeError for sizes and TypeError for types that torch rejects, with its message
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
 * 1-D transposed convolution over a multi-channel signal: torch.nn.ConvTranspose1d.
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
   * @param kernelSize one number for all axes, or one per axis
   * @param options stride, padding, dilation, groups, bias and more, with torch's defaults
   * @throws RangeError for values and TypeError for types that torch rejects, with its message
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSizes<1>,
    options?: ConvTransposeOptions<1>,
  ) {
    super({ rank: 1, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Builds a layer from a state dict; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvTransposeFromOptions<1>): ConvTranspose1d {
    return layerFrom(this, transposedKind, 1, dict, prefix, options);
  }
}

/**
 * 2-D transposed convolution over multi-channel images: torch.nn.ConvTranspose2d.
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
   * @param kernelSize one number for all axes, or one per axis
   * @param options stride, padding, dilation, groups, bias and more, with torch's defaults
   * @throws RangeError for values and TypeError for types that torch rejects, with its message
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSizes<2>,
    options?: ConvTransposeOptions<2>,
  ) {
    super({ rank: 2, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Builds a layer from a state dict; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvTransposeFromOptions<2>): ConvTranspose2d {
    return layerFrom(this, transposedKind, 2, dict, prefix, options);
  }
}

/**
 * 3-D transposed convolution over multi-channel volumes: torch.nn.ConvTranspose3d.
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
   * @param kernelSize one number for all axes, or one per axis
   * @param options stride, padding, dilation, groups, bias and more, with torch's defaults
   * @throws RangeError for values and TypeError for types that torch rejects, with its message
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSizes<3>,
    options?: ConvTransposeOptions<3>,
  ) {
    super({ rank: 3, lazy: false, inChannels, outChannels, kernelSize }, options);
  }

  /** Builds a layer from a state dict; see `Conv2d.from`. */
  static from(dict: StateDictLike, prefix = '', options?: ConvTransposeFromOptions<3>): ConvTranspose3d {
    return layerFrom(this, transposedKind, 3, dict, prefix, options);
  }
}
