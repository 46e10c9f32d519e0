// ResNet-18 of torchvision, of any width: a max pool with padding, residual sums before the ReLU, a global mean, a Linear.

import { Conv2d, functional as F, type StateDict, type Tensor } from 'convnd';
import { Rooms } from './rooms.js';

interface Block {
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly downsample: Conv2d | undefined;
}

export class ResNet {
  readonly #rooms = new Rooms();
  readonly #first: Conv2d;
  readonly #blocks: Block[] = [];
  readonly #classes: Conv2d;

  constructor(dict: StateDict) {
    this.#first = Conv2d.from(dict, 'conv1.', { stride: 2, padding: 3, batchNorm: 'bn1.' });
    for (let layer = 1; `layer${layer}.0.conv1.weight` in dict; layer++) {
      for (let block = 0; `layer${layer}.${block}.conv1.weight` in dict; block++) {
        const at = `layer${layer}.${block}.`;
        const stride = layer > 1 && block === 0 ? 2 : 1;
        this.#blocks.push({
          conv1: Conv2d.from(dict, `${at}conv1.`, { stride, padding: 1, batchNorm: `${at}bn1.` }),
          conv2: Conv2d.from(dict, `${at}conv2.`, { padding: 1, batchNorm: `${at}bn2.` }),
          downsample:
            `${at}downsample.0.weight` in dict
              ? Conv2d.from(dict, `${at}downsample.0.`, { stride, batchNorm: `${at}downsample.1.` })
              : undefined,
        });
      }
    }
    this.#classes = Conv2d.from(dict, 'fc.');
  }

  /** @returns (batch, classes, 1, 1) */
  forward(picture: Tensor): Tensor {
    const rooms = this.#rooms;
    const first = rooms.take('first', this.#first.outputShape(picture.shape));
    this.#first.forward(picture, { activation: 'relu', out: first });
    const [batch, channels, height, width] = first.shape;
    const pooled = rooms.take('pooled', [batch, channels, (height + 1) >> 1, (width + 1) >> 1]);
    let x = F.maxPool2d(first, 3, { stride: 2, padding: 1, out: pooled });
    for (const [index, { conv1, conv2, downsample }] of this.#blocks.entries()) {
      const shape = conv1.outputShape(x.shape);
      const half = conv1.forward(x, { activation: 'relu', out: rooms.take('half', shape) });
      const skip = downsample ? downsample.forward(x, { out: rooms.take('skip', shape) }) : x;
      // what the block before wrote is added
      const out = rooms.take(index % 2 === 0 ? 'even' : 'odd', shape);
      x = conv2.forward(half, { add: skip, activation: 'relu', out });
    }
    const mean = F.adaptiveAvgPool2d(x, 1, { out: rooms.take('mean', [batch, x.shape[1], 1, 1]) });
    return this.#classes.forward(mean);
  }
}
