// HiFi-GAN's generator: a leaky ReLU before each convolution, residual sums, means of blocks, weight_norm.

import { Conv1d, Conv2d, ConvTranspose1d, type StateDict, type Tensor } from 'convnd';
import { Rooms } from './rooms.js';

const DILATIONS = [1, 3, 5];

interface Stage {
  readonly up: ConvTranspose1d;
  readonly blocks: readonly { readonly dilated: Conv1d; readonly plain: Conv1d }[][];
  /** the mean of the blocks, which are its channels */
  readonly mean: Conv2d;
}

export class HiFiGan {
  readonly #rooms = new Rooms();
  readonly #first: Conv1d;
  readonly #last: Conv1d;
  readonly #stages: Stage[];

  /** @param strides of the transposed convolutions */
  constructor(dict: StateDict, strides: readonly number[]) {
    const kernelOf = (name: string) =>
      ((dict[`${name}.weight_v`] ?? dict[`${name}.weight`]) as Tensor).shape[2];
    const same = (name: string, dilation = 1) =>
      Conv1d.from(dict, `${name}.`, { dilation, padding: (dilation * (kernelOf(name) - 1)) / 2 });
    this.#first = same('conv_pre');
    this.#last = same('conv_post');
    let block = 0;
    const count = new Set(Object.keys(dict).flatMap((key) => /^resblocks\.\d+/.exec(key) ?? [])).size;
    const together = count / strides.length;
    this.#stages = strides.map((stride, stage) => {
      const name = `ups.${stage}`;
      const mean = new Conv2d(together, 1, 1, { bias: false });
      mean.weight.data.fill(1 / together);
      return {
        up: ConvTranspose1d.from(dict, `${name}.`, { stride, padding: (kernelOf(name) - stride) / 2 }),
        blocks: Array.from({ length: together }, () => {
          const at = `resblocks.${block++}`;
          return DILATIONS.map((dilation, i) => ({
            dilated: same(`${at}.convs1.${i}`, dilation),
            plain: same(`${at}.convs2.${i}`),
          }));
        }),
        mean,
      };
    });
  }

  /** @param frames (1, bands, frames) */
  forward(frames: Tensor): Tensor {
    const rooms = this.#rooms;
    const before = { inputActivation: 'leakyRelu', inputNegativeSlope: 0.1 } as const;
    let x = this.#first.forward(frames, { out: rooms.take('first', this.#first.outputShape(frames.shape)) });
    for (const { up, blocks, mean } of this.#stages) {
      const shape = up.outputShape(x.shape);
      const start = up.forward(x, { ...before, out: rooms.take('up', shape) });
      const half = rooms.take('half', shape);
      const all = rooms.take('all', [blocks.length, ...shape.slice(1)]);
      for (const [index, block] of blocks.entries()) {
        const out = all.channels(index, 1, { axis: 0 });
        let sum: Tensor = start;
        for (const { dilated, plain } of block) {
          dilated.forward(sum, { ...before, out: half });
          sum = plain.forward(half, { ...before, add: sum, out });
        }
      }
      x = mean.forward(all, { out: rooms.take('mean', shape) });
    }
    const out = rooms.take('last', this.#last.outputShape(x.shape));
    return this.#last.forward(x, { inputActivation: 'leakyRelu', activation: 'tanh', out });
  }
}
