// U-Net, converted from the PyTorch module in docs/cookbook.md: an encoder, a decoder, and skip connections that are written in place.

import { Conv2d, ConvTranspose2d, functional as F, resident, type StateDict, type Tensor } from 'convnd';

/** Two convolutions, each with BatchNorm and ReLU. */
class Double {
  readonly first: Conv2d;
  readonly second: Conv2d;

  constructor(dict: StateDict, name: string) {
    this.first = Conv2d.from(dict, `${name}.0.`, { padding: 1, batchNorm: `${name}.1.` });
    this.second = Conv2d.from(dict, `${name}.3.`, { padding: 1, batchNorm: `${name}.4.` });
  }

  forward(x: Tensor, out?: Tensor): Tensor {
    return this.second.forward(this.first.forward(x, { activation: 'relu' }), { activation: 'relu', out });
  }
}

export class UNet {
  readonly #enc1: Double;
  readonly #enc2: Double;
  readonly #enc3: Double;
  readonly #up2: ConvTranspose2d;
  readonly #dec2: Double;
  readonly #up1: ConvTranspose2d;
  readonly #dec1: Double;
  readonly #head: Conv2d;

  constructor(dict: StateDict) {
    this.#enc1 = new Double(dict, 'enc1');
    this.#enc2 = new Double(dict, 'enc2');
    this.#enc3 = new Double(dict, 'enc3');
    this.#up2 = ConvTranspose2d.from(dict, 'up2.', { stride: 2 });
    this.#dec2 = new Double(dict, 'dec2');
    this.#up1 = ConvTranspose2d.from(dict, 'up1.', { stride: 2 });
    this.#dec1 = new Double(dict, 'dec1');
    this.#head = Conv2d.from(dict, 'head.');
  }

  /** (batch, channels, height, width) to (batch, classes, height, width); height and width are multiples of 4. */
  forward(x: Tensor): Tensor {
    const [batch, , height, width] = x.shape;
    const c = this.#up1.outChannels;
    // torch.cat: both parts are written into the channels of one tensor
    const cat1 = resident({ shape: [batch, 2 * c, height, width] });
    const cat2 = resident({ shape: [batch, 4 * c, height / 2, width / 2] });
    const a = this.#enc1.forward(x, cat1.channels(0, c));
    const b = this.#enc2.forward(F.maxPool2d(a, 2), cat2.channels(0, 2 * c));
    this.#up2.forward(this.#enc3.forward(F.maxPool2d(b, 2)), { out: cat2.channels(2 * c, 2 * c) });
    this.#up1.forward(this.#dec2.forward(cat2), { out: cat1.channels(c, c) });
    const y = this.#head.forward(this.#dec1.forward(cat1));
    cat1.dispose();
    cat2.dispose();
    return y;
  }
}
