// The interface of a task: a network, a loss for each step, and the pictures and filters that are shown.

import type { Conv2d, ConvTranspose2d, Tensor } from 'convnd';
import type { Picture } from '../../../../examples/pixels.ts';
import { normal, uniform } from '../../../../examples/random.ts';
import type { Kernel } from '../../picture/kernels.ts';
import type { Shown, Tile } from '../job.ts';

export interface View {
  readonly pictures: readonly Shown[];
  /** The similarity to the true picture, in decibels, of the output and of the input, if it is defined. */
  readonly decibels: readonly [made: number, given: number | null];
}

export interface Lesson {
  /** By their numbers in torch.nn.Sequential, which also counts the ReLU layers between them. */
  readonly layers: Readonly<Record<string, Conv2d | ConvTranspose2d>>;
  /** The loss of a step, computed inside `record`. */
  readonly loss: () => Tensor;
  readonly look: () => View;
  readonly tiles: () => readonly Tile[];
}

export interface Material {
  readonly picture: Picture;
  readonly kernel: Kernel;
  readonly random: () => number;
  readonly normal: () => number;
}

export function material(picture: Picture, kernel: Kernel, seed: number): Material {
  const random = uniform(seed);
  return { picture, kernel, random, normal: normal(random) };
}

export const relu = { activation: 'relu' } as const;

/** The filters of a layer, (out, in, height, width): in colour if it reads red, green and blue. */
export function filtersOf({ weight: { data, shape } }: Conv2d): Tile[] {
  const [count, channels, height, width] = shape;
  return Array.from({ length: count }, (_, filter) => ({
    width,
    height,
    planes: Array.from({ length: channels }, (_, c) => {
      const from = (filter * channels + c) * height * width;
      return data.slice(from, from + height * width) as Float32Array<ArrayBuffer>;
    }),
  }));
}
