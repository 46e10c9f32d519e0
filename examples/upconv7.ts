// UpConv7: doubles the size of a picture with six 3 × 3 convolutions and one transposed convolution, 990,000 weights.
// From waifu2x, https://github.com/tsurumeso/waifu2x-chainer

import { Conv2d, ConvTranspose2d, type Tensor, type TensorLike } from 'convnd';

const channels = [3, 16, 32, 64, 128, 256, 256];

/** The context of the network: an output pixel depends on this many input pixels on every side. */
export const context = 7;

export class UpConv7 {
  readonly convolutions: Conv2d[];
  readonly up: ConvTranspose2d;

  /** @param checkpoint 'conv1.weight', 'conv1.bias' … 'conv6.bias', 'conv7.weight' */
  constructor(checkpoint: Record<string, TensorLike>) {
    this.convolutions = channels.slice(1).map((out, i) => new Conv2d(channels[i], out, 3));
    this.up = new ConvTranspose2d(256, 3, 4, { stride: 2, padding: 3, bias: false });
    [...this.convolutions, this.up].forEach((layer, i) => {
      layer.loadStateDict(checkpoint, { prefix: `conv${i + 1}.` });
    });
  }

  /**
   * @param x (batch, 3, height + 14, width + 14): pictures from 0 to 1 with `context` additional pixels on every side
   * @returns (batch, 3, 2 · height, 2 · width)
   */
  forward(x: Tensor): Tensor {
    for (const layer of this.convolutions) {
      x = layer.forward(x, { activation: 'leakyRelu', negativeSlope: 0.1 });
    }
    return this.up.forward(x);
  }
}
