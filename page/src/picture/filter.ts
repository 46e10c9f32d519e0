// The layer of the page: one kernel for each of three channels (depthwise), or a dense layer that also mixes channels.

import { Conv2d, type ResidentTensor, resident, tensor } from 'convnd';
import type { Kernel } from './kernels.ts';

export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

export interface Filter {
  readonly kernel: Kernel;
  /** The mixing matrix of the channels (red, green, blue); null: channels are not mixed. */
  readonly mix: Kernel | null;
  readonly stride: number;
  readonly dilation: number;
  readonly paddingMode: PaddingMode;
}

/** The arguments of Conv2d. The padding keeps the size of the picture at stride 1. */
export function layerOptions({ kernel, mix, stride, dilation, paddingMode }: Filter) {
  const padding = (dilation * (kernel.length - 1)) / 2;
  return { stride, padding, dilation, groups: mix ? 1 : 3, bias: false, paddingMode };
}

/** The weight in torch's layout: (3, 1, k, k) depthwise, (3, 3, k, k) dense. */
export function weightOf({ kernel, mix }: Filter): number[][][][] {
  const plane = (share: number) => kernel.map((row) => row.map((value) => share * value));
  return mix ? mix.map((shares) => shares.map(plane)) : [0, 1, 2].map(() => [plane(1)]);
}

export function makeLayer(filter: Filter): Conv2d {
  const layer = new Conv2d(3, 3, filter.kernel.length, layerOptions(filter));
  layer.weight = weightOf(filter);
  return layer;
}

/** A picture in wasm memory, (1, 3, height, width), and the layer that reads it there. */
export class FilteredPicture {
  readonly input: ResidentTensor;
  #layer: Conv2d | undefined;
  #output: ResidentTensor | undefined;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.input = resident(tensor(new Float32Array(3 * width * height), [1, 3, height, width]));
  }

  get layer(): Conv2d | undefined {
    return this.#layer;
  }

  /** @throws RangeError with convnd's message if there is no such layer */
  use(filter: Filter): void {
    const layer = makeLayer(filter);
    const shape = layer.outputShape(this.input.shape);
    this.#layer?.dispose();
    this.#output?.dispose();
    this.#layer = layer;
    this.#output = resident({ shape });
  }

  /** The last result of `run`. */
  get output(): ResidentTensor | undefined {
    return this.#output;
  }

  /** Computes the picture into `output`. */
  run(): void {
    if (!this.#layer || !this.#output) throw new Error('no filter was chosen');
    this.#layer.forward(this.input, { out: this.#output });
  }

  dispose(): void {
    for (const each of [this.input, this.#layer, this.#output]) each?.dispose();
  }
}
