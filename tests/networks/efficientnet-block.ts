// EfficientNet's block: depthwise, SiLU, squeeze and excitation by layers of one kernel element, sigmoid, residual.

import { Conv2d, functional as F, type StateDict, type Tensor, tensor } from 'convnd';
import { Rooms } from './rooms.js';

export class EfficientNetBlock {
  readonly #rooms = new Rooms();
  readonly #expand: Conv2d;
  readonly #depthwise: Conv2d;
  readonly #reduce: Conv2d;
  readonly #excite: Conv2d;
  readonly #project: Conv2d;
  #gates = tensor(new Float32Array(0), [0, 0, 1, 1]);
  /** the gates of each image, as weights */
  #weights: Tensor[] = [];

  constructor(dict: StateDict) {
    const [groups, , kernel] = (dict['depthwise.weight'] as Tensor).shape;
    this.#expand = Conv2d.from(dict, 'expand.', { batchNorm: 'bn0.' });
    this.#depthwise = Conv2d.from(dict, 'depthwise.', {
      groups,
      padding: (kernel - 1) / 2,
      batchNorm: 'bn1.',
    });
    this.#reduce = Conv2d.from(dict, 'reduce.');
    this.#excite = Conv2d.from(dict, 'excite.');
    this.#project = Conv2d.from(dict, 'project.', { batchNorm: 'bn2.' });
  }

  forward(x: Tensor): Tensor {
    const rooms = this.#rooms;
    const [batch, , height, width] = x.shape;
    const channels = this.#expand.outChannels;
    // depthwise layers write over it, some maps at a time, so one tensor of this size is enough: less memory is touched
    const y = rooms.take('expanded', [batch, channels, height, width]);
    this.#expand.forward(x, { activation: 'silu', out: y });
    this.#depthwise.forward(y, { activation: 'silu', out: y });
    const mean = F.adaptiveAvgPool2d(y, 1, { out: rooms.take('mean', [batch, channels, 1, 1]) });
    const few = rooms.take('few', [batch, this.#reduce.outChannels, 1, 1]);
    this.#reduce.forward(mean, { activation: 'silu', out: few });
    if (this.#weights.length !== batch) this.#makeGates(batch, channels);
    this.#excite.forward(few, { activation: 'sigmoid', out: this.#gates });
    // a factor for each channel of an image is a depthwise convolution of one kernel element
    for (const [image, weight] of this.#weights.entries()) {
      const maps = y.channels(image, 1, { axis: 0 });
      F.conv2d(maps, weight, null, { groups: channels, out: maps });
    }
    return this.#project.forward(y, { add: x, out: rooms.take('out', x.shape) });
  }

  #makeGates(batch: number, channels: number): void {
    const data = new Float32Array(batch * channels);
    this.#gates = tensor(data, [batch, channels, 1, 1]);
    this.#weights = Array.from({ length: batch }, (_, image) =>
      tensor(data.subarray(image * channels, (image + 1) * channels), [channels, 1, 1, 1]),
    );
  }
}
