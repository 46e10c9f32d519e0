// The denoiser, an autoencoder: two Conv2d reduce the picture by four, two ConvTranspose2d enlarge it again.

import { Conv2d, ConvTranspose2d, type Parameter, type Tensor, type TensorLike } from 'convnd';

/** The sides of its pictures must be multiples of this. */
export const step = 4;

export class Denoiser {
  // the numbers of torch.nn.Sequential, which also counts the ReLU layers between them
  readonly encoder = { 0: half(3, 24), 2: half(24, 48) };
  readonly decoder = { 4: twice(48, 24), 6: twice(24, 3) };

  parameters(): Parameter[] {
    return this.#layers.flatMap(([, layer]) => layer.parameters());
  }

  /**
   * @param x (batch, 3, height, width): pictures from 0 to 1
   * @returns the same without noise
   */
  forward(x: Tensor): Tensor {
    const code = this.encoder[2].forward(this.encoder[0].forward(x, relu), relu);
    return this.decoder[6].forward(this.decoder[4].forward(code, relu));
  }

  stateDict(): Record<string, Tensor> {
    return Object.assign({}, ...this.#layers.map(([name, layer]) => layer.stateDict(`${name}.`)));
  }

  loadStateDict(dict: Record<string, TensorLike>): void {
    for (const [name, layer] of this.#layers) layer.loadStateDict(dict, { prefix: `${name}.` });
  }

  /** One line per layer, as PyTorch prints them. */
  toString(): string {
    return this.#layers.map(([name, layer]) => `(${name}): ${layer}`).join('\n');
  }

  get #layers() {
    return Object.entries({ ...this.encoder, ...this.decoder });
  }
}

const relu = { activation: 'relu' } as const;

function half(from: number, to: number): Conv2d {
  return new Conv2d(from, to, 3, { stride: 2, padding: 1 });
}

function twice(from: number, to: number): ConvTranspose2d {
  return new ConvTranspose2d(from, to, 4, { stride: 2, padding: 1 });
}
