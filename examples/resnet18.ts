// ResNet-18, converted from the PyTorch module in docs/cookbook.md, with torchvision's names of layers.

import { Conv2d, functional as F, type StateDict, type Tensor, tensor } from 'convnd';

/** Two convolutions with BatchNorm, added to their input or to its 1×1 convolution. */
class Basic {
  readonly #conv1: Conv2d;
  readonly #conv2: Conv2d;
  readonly #downsample: Conv2d | undefined;

  constructor(dict: StateDict, name: string, stride: number) {
    const norm = (bn: string) => ({ padding: 1, batchNorm: `${name}.${bn}.` });
    this.#conv1 = Conv2d.from(dict, `${name}.conv1.`, { ...norm('bn1'), stride });
    this.#conv2 = Conv2d.from(dict, `${name}.conv2.`, norm('bn2'));
    if (`${name}.downsample.0.weight` in dict)
      this.#downsample = Conv2d.from(dict, `${name}.downsample.0.`, {
        stride,
        batchNorm: `${name}.downsample.1.`,
      });
  }

  forward(x: Tensor): Tensor {
    const y = this.#conv1.forward(x, { activation: 'relu' });
    return this.#conv2.forward(y, { add: this.#downsample?.forward(x) ?? x, activation: 'relu' });
  }
}

export class ResNet18 {
  readonly #conv1: Conv2d;
  readonly #blocks: Basic[];
  readonly #fc: Conv2d;

  constructor(dict: StateDict) {
    this.#conv1 = Conv2d.from(dict, 'conv1.', { stride: 2, padding: 3, batchNorm: 'bn1.' });
    this.#blocks = [1, 2, 3, 4].flatMap((layer) => [
      new Basic(dict, `layer${layer}.0`, layer === 1 ? 1 : 2),
      new Basic(dict, `layer${layer}.1`, 1),
    ]);
    this.#fc = Conv2d.from(dict, 'fc.'); // a Linear layer is a convolution with a kernel of size 1
  }

  /** (batch, 3, height, width) to (batch, classes). */
  forward(x: Tensor): Tensor {
    x = F.maxPool2d(this.#conv1.forward(x, { activation: 'relu' }), 3, { stride: 2, padding: 1 });
    for (const block of this.#blocks) x = block.forward(x);
    const { data, shape } = this.#fc.forward(F.adaptiveAvgPool2d(x, 1));
    return tensor(data, shape.slice(0, 2));
  }
}
