// Upscale: the input is a crop of the picture at half its size; the output, twice as large, is compared with the crop.

import { Conv2d, ConvTranspose2d, type Tensor } from 'convnd';
import { mseLoss } from 'convnd/train';
import { crops, decibels, halved, pictureOf, planesOf } from '../planes.ts';
import { filtersOf, type Lesson, type Material, relu } from './lesson.ts';

const BATCH = 8;
const SIDE = 48;

export function upscale({ picture, random }: Material): Lesson {
  const layers = {
    0: new Conv2d(3, 24, 5, { padding: 2, paddingMode: 'replicate' }),
    2: new ConvTranspose2d(24, 3, 4, { stride: 2, padding: 1 }),
  };
  const large = planesOf(picture, 2);
  const small = halved(large);
  const forward = (x: Tensor) => layers[2].forward(layers[0].forward(x, relu));
  return {
    layers,
    loss: () => {
      const parts = crops(large, BATCH, SIDE, random);
      return mseLoss(forward(halved(parts)), parts);
    },
    look: () => {
      const made = forward(small);
      return {
        pictures: [
          { name: 'Half the size', picture: pictureOf(small) },
          { name: 'Doubled', picture: pictureOf(made) },
          { name: 'As it was', picture: pictureOf(large) },
        ],
        decibels: [decibels(made, large), null],
      };
    },
    tiles: () => filtersOf(layers[0]),
  };
}
