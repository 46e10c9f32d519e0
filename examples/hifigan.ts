// HiFi-GAN's generator, converted from the PyTorch module in docs/cookbook.md: mel frames to audio.

import { Conv1d, ConvTranspose1d, functional as F, type StateDict, type Tensor, tensor } from 'convnd';

const leaky = { inputActivation: 'leakyRelu', inputNegativeSlope: 0.1 } as const;

/** Pairs of convolutions; the output of each pair is added to its input. */
class Residual {
  readonly #pairs: [Conv1d, Conv1d][];

  constructor(dict: StateDict, name: string, kernel: number, dilations: number[]) {
    const same = (dilation: number) => ({ dilation, padding: (dilation * (kernel - 1)) / 2 });
    this.#pairs = dilations.map((dilation, i) => [
      Conv1d.from(dict, `${name}.convs1.${i}.`, same(dilation)),
      Conv1d.from(dict, `${name}.convs2.${i}.`, same(1)),
    ]);
  }

  forward(x: Tensor): Tensor {
    for (const [first, second] of this.#pairs)
      x = second.forward(first.forward(x, leaky), { ...leaky, add: x });
    return x;
  }
}

export class Generator {
  readonly #pre: Conv1d;
  readonly #ups: ConvTranspose1d[];
  readonly #blocks: Residual[][];
  readonly #post: Conv1d;

  constructor(dict: StateDict) {
    this.#pre = Conv1d.from(dict, 'conv_pre.', { padding: 3 });
    this.#ups = [
      ConvTranspose1d.from(dict, 'ups.0.', { stride: 4, padding: 2 }),
      ConvTranspose1d.from(dict, 'ups.1.', { stride: 2, padding: 1 }),
    ];
    this.#blocks = this.#ups.map((_, i) =>
      [3, 7].map((kernel, j) => new Residual(dict, `resblocks.${2 * i + j}`, kernel, [1, 3, 5])),
    );
    this.#post = Conv1d.from(dict, 'conv_post.', { padding: 3 });
  }

  /** Converts (1, mels, frames) to (1, 1, samples). */
  forward(mel: Tensor): Tensor {
    let x = this.#pre.forward(mel);
    this.#ups.forEach((up, i) => {
      x = mean(this.#blocks[i], up.forward(x, leaky));
    });
    return this.#post.forward(x, { inputActivation: 'leakyRelu', activation: 'tanh' });
  }
}

/** The mean of the outputs of two blocks: both are stacked, then pooled over the stack. */
function mean(blocks: Residual[], x: Tensor): Tensor {
  const size = x.data.length;
  const both = new Float32Array(2 * size);
  blocks.forEach((block, i) => {
    both.set(block.forward(x).data, i * size);
  });
  return tensor(F.avgPool2d(tensor(both, [1, 2, size]), [2, 1]).data, x.shape);
}
