// U-Net: a max pool between the levels on the way down, a transposed convolution on the way up, skips by concatenation.

import { Conv2d, ConvTranspose2d, functional as F, type StateDict, type Tensor } from 'convnd';
import { Rooms } from './rooms.js';

interface Level {
  readonly down: readonly Conv2d[];
  readonly up: ConvTranspose2d;
  readonly join: readonly Conv2d[];
}

export class UNet {
  readonly #rooms = new Rooms();
  readonly #levels: Level[] = [];
  readonly #bottom: readonly Conv2d[];
  readonly #head: Conv2d;

  constructor(dict: StateDict) {
    const double = (name: string) =>
      [0, 3].map((at) =>
        Conv2d.from(dict, `${name}.${at}.`, { padding: 1, batchNorm: `${name}.${at + 1}.` }),
      );
    let level = 1;
    for (; `up${level}.weight` in dict; level++)
      this.#levels.push({
        down: double(`enc${level}`),
        up: ConvTranspose2d.from(dict, `up${level}.`, { stride: 2 }),
        join: double(`dec${level}`),
      });
    this.#bottom = double(`enc${level}`);
    this.#head = Conv2d.from(dict, 'head.');
  }

  forward(x: Tensor): Tensor {
    const rooms = this.#rooms;
    const skips = this.#levels.map(({ down, up }, level) => {
      const [batch, , height, width] = x.shape;
      const channels = down[1].outChannels;
      // torch.cat([skip, up(…)], 1)
      const both = rooms.take(`both${level}`, [batch, channels + up.outChannels, height, width]);
      const skip = double(down, x, 'half', both.channels(0, channels), rooms);
      x = F.maxPool2d(skip, 2, {
        out: rooms.take('pooled', [batch, channels, height >> 1, width >> 1]),
      });
      return both;
    });
    const shape = [x.shape[0], this.#bottom[1].outChannels, ...x.shape.slice(2)];
    x = double(this.#bottom, x, 'half', rooms.take('deep', shape), rooms);
    for (let level = skips.length - 1; level >= 0; level--) {
      const { down, up, join } = this.#levels[level];
      const both = skips[level];
      up.forward(x, { out: both.channels(down[1].outChannels, up.outChannels) });
      // once the first layer has read it, its room is free: less memory is touched
      x = double(join, both, 'half', both.channels(0, join[1].outChannels), rooms);
    }
    return this.#head.forward(x);
  }
}

/** Two convolutions, each with its BatchNorm and ReLU. */
function double(
  [first, second]: readonly Conv2d[],
  x: Tensor,
  name: string,
  out: Tensor,
  rooms: Rooms,
): Tensor {
  const half = rooms.take(name, [x.shape[0], first.outChannels, ...x.shape.slice(2)]);
  first.forward(x, { activation: 'relu', out: half });
  return second.forward(half, { activation: 'relu', out });
}
