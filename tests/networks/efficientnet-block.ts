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
    const shape = [batch, channels, height, width];
    const expanded = rooms.take('expanded', shape);
    this.#expand.forward(x, { activation: 'silu', out: expanded });
    const y = rooms.take('y', shape);
    this.#depthwise.forward(expanded, { activation: 'silu', out: y });
    const mean = F.adaptiveAvgPool2d(y, 1, { out: rooms.take('mean', [batch, channels, 1, 1]) });
    const few = rooms.take('few', [batch, this.#reduce.outChannels, 1, 1]);
    this.#reduce.forward(mean, { activation: 'silu', out: few });
    if (this.#weights.length !== batch) this.#makeGates(batch, channels);
    this.#excite.forward(few, { activation: 'sigmoid', out: this.#gates });
    // a factor for each channel of an image is a depthwise convolution of one kernel element
    // what was expanded is not needed any more, so its room is free: less memory is touched
    const gated = expanded;
    for (const [image, weight] of this.#weights.entries())
      F.conv2d(y.channels(image, 1, { axis: 0 }), weight, null, {
        groups: channels,
        out: gated.channels(image, 1, { axis: 0 }),
      });
    return this.#project.forward(gated, { add: x, out: rooms.take('out', x.shape) });
  }

  #makeGates(batch: number, channels: number): void {
    const data = new Float32Array(batch * channels);
    this.#gates = tensor(data, [batch, channels, 1, 1]);
    this.#weights = Array.from({ length: batch }, (_, image) =>
      tensor(data.subarray(image * channels, (image + 1) * channels), [channels, 1, 1, 1]),
    );
  }
}
