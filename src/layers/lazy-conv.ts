// The public lazy layer classes, LazyConv1d … LazyConvTranspose3d, which infer the channels of their input.

import type { KernelSizes } from '../problem/sizes.js';
import { Conv } from './conv.js';
import type { ConvOptions, ConvTransposeOptions } from './conv-options.js';
import { ConvTranspose } from './conv-transpose.js';

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
