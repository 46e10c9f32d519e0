// ESRGAN in small: dense concatenation, residuals scaled by 0.2, nearest upsampling before convolutions.

import { Conv2d, type StateDict, type Tensor } from 'convnd';
import { Rooms } from './rooms.js';

const LEAKY = { activation: 'leakyRelu', negativeSlope: 0.2 } as const;

export class Rrdb {
  readonly #rooms = new Rooms();
  readonly #first: Conv2d;
  readonly #dense: Conv2d[];
  readonly #up: Conv2d[];
  readonly #last: Conv2d;

  constructor(dict: StateDict) {
    const conv = (name: string) => Conv2d.from(dict, `${name}.`, { padding: 1 });
    this.#first = conv('conv_first');
    this.#dense = [0, 1, 2, 3, 4].map((index) => conv(`dense.${index}`));
    this.#up = ['conv_up1', 'conv_up2'].map(conv);
    this.#last = conv('conv_last');
  }

  forward(picture: Tensor): Tensor {
    const rooms = this.#rooms;
    const [batch, , height, width] = picture.shape;
    const channels = this.#first.outChannels;
    const growing = this.#dense.slice(0, -1);
    const sum = this.#dense[growing.length];
    // torch.cat(parts, 1), as it grows
    const parts = rooms.take('parts', [batch, sum.inChannels, height, width]);
    const first = this.#first.forward(picture, { out: parts.channels(0, channels) });
    for (const conv of growing)
      conv.forward(parts.channels(0, conv.inChannels), {
        ...LEAKY,
        out: parts.channels(conv.inChannels, conv.outChannels),
      });
    const shape = [batch, channels, height, width];
    let x = sum.forward(parts, { scale: 0.2, add: first, out: rooms.take('sum', shape) });
    for (const [index, conv] of this.#up.entries()) {
      const factor = 2 ** (index + 1);
      const out = rooms.take(`up${index}`, [batch, channels, factor * height, factor * width]);
      x = conv.forward(x, { upsample: 2, ...LEAKY, out });
    }
    return this.#last.forward(x);
  }
}
