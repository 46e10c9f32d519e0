// SegNet with two levels: the decoder puts its values where the maxima of the encoder were.

import { Conv2d, functional as F, type StateDict, type Tensor } from 'convnd';

export class SegNet {
  readonly #encoder: Conv2d[];
  readonly #decoder: Conv2d[];
  readonly #head: Conv2d;

  constructor(dict: StateDict) {
    const block = (name: string) => Conv2d.from(dict, `${name}.0.`, { padding: 1, batchNorm: `${name}.1.` });
    this.#encoder = ['enc1', 'enc2'].map(block);
    this.#decoder = ['dec2', 'dec1'].map(block);
    this.#head = Conv2d.from(dict, 'head.', { padding: 1 });
  }

  /** (batch, 3, height, width) to (batch, classes, height, width). */
  forward(x: Tensor): Tensor {
    const pooled = this.#encoder.map((conv) => {
      const { shape } = (x = conv.forward(x, { activation: 'relu' }));
      const [y, indices] = F.maxPool2d(x, 2, { returnIndices: true });
      x = y;
      return { shape, indices };
    });
    for (const conv of this.#decoder) {
      const { shape, indices } = pooled.pop()!;
      x = conv.forward(F.maxUnpool2d(x, indices, 2, { outputSize: shape }), { activation: 'relu' });
    }
    return this.#head.forward(x);
  }
}
