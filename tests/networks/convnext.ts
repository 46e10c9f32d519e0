// The layers of a block of ConvNeXt: depthwise 7x7, two layers of one kernel element with GELU between them, residual.

import { Conv2d, type StateDict, type Tensor } from 'convnd';
import { Rooms } from './rooms.js';

export class ConvNext {
  readonly #rooms = new Rooms();
  readonly #depthwise: Conv2d;
  readonly #wide: Conv2d;
  readonly #narrow: Conv2d;

  constructor(dict: StateDict) {
    const [groups] = (dict['dwconv.weight'] as Tensor).shape;
    this.#depthwise = Conv2d.from(dict, 'dwconv.', { groups, padding: 3 });
    this.#wide = Conv2d.from(dict, 'pwconv1.');
    this.#narrow = Conv2d.from(dict, 'pwconv2.');
  }

  forward(x: Tensor): Tensor {
    const rooms = this.#rooms;
    const [batch, channels, height, width] = x.shape;
    const mixed = this.#depthwise.forward(x, { out: rooms.take('mixed', x.shape) });
    const out = rooms.take('wide', [batch, 4 * channels, height, width]);
    const wide = this.#wide.forward(mixed, { activation: 'gelu', out });
    return this.#narrow.forward(wide, { add: x, out: rooms.take('out', x.shape) });
  }
}
