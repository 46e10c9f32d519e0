// Denoise: the input is a crop of the picture with noise; the output is compared with the crop without noise.

import { Conv2d, type Tensor } from 'convnd';
import { add, mseLoss } from 'convnd/train';
import { crops, decibels, pictureOf, planesOf, withNoise } from '../planes.ts';
import { filtersOf, type Lesson, type Material, relu } from './lesson.ts';

/** Standard deviation of the noise, where white is 1. */
const NOISE = 0.12;
const BATCH = 8;
const SIDE = 32;

export function denoise({ picture, random, normal }: Material): Lesson {
  const layers = {
    0: new Conv2d(3, 16, 5, { padding: 2 }),
    2: new Conv2d(16, 16, 3, { padding: 1 }),
    4: new Conv2d(16, 3, 3, { padding: 1 }),
  };
  const clean = planesOf(picture);
  const noisy = withNoise(clean, NOISE, normal);
  // the network predicts the negative noise
  const forward = (x: Tensor) =>
    add(x, layers[4].forward(layers[2].forward(layers[0].forward(x, relu), relu)));
  return {
    layers,
    loss: () => {
      const parts = crops(clean, BATCH, SIDE, random);
      return mseLoss(forward(withNoise(parts, NOISE, normal)), parts);
    },
    look: () => {
      const made = forward(noisy);
      return {
        pictures: [
          { name: 'With noise', picture: pictureOf(noisy) },
          { name: 'Denoised', picture: pictureOf(made) },
          { name: 'Without', picture: pictureOf(clean) },
        ],
        decibels: [decibels(made, clean), decibels(noisy, clean)],
      };
    },
    tiles: () => filtersOf(layers[0]),
  };
}
