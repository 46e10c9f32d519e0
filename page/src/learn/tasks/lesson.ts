// What a task is: a network, a loss for each step, and what is shown of them.

import type { Conv2d, ConvTranspose2d, Tensor } from 'convnd';
import type { Picture } from '../../../../examples/pixels.ts';
import { normal, uniform } from '../../../../examples/random.ts';
import type { Kernel } from '../../picture/kernels.ts';
import type { Shown, Tile } from '../job.ts';

export interface View {
  readonly pictures: readonly Shown[];
  /** How near the picture is to the true one, in decibels, and how near what went in is, where that can be said. */
  readonly decibels: readonly [made: number, given: number | null];
}

export interface Lesson {
  /** By their numbers in torch.nn.Sequential, which counts the ReLU between them too. */
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

/** The filters of a layer, (out, in, height, width): in colour where it reads red, green and blue. */
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
