// Imitate a filter: one layer with one kernel sees pictures before and after a filter, and learns the filter's kernel.

import { Conv2d, functional, type Tensor, tensor } from 'convnd';
import { mseLoss } from 'convnd/train';
import { crops, decibels, pictureOf, planesOf, withNoise } from '../planes.ts';
import { filtersOf, type Lesson, type Material } from './lesson.ts';

const BATCH = 8;
const SIDE = 32;
/** In photographs, neighbouring pixels are similar; some noise makes it easier to learn which of them a filter reads. */
const NOISE = 0.1;

export function imitate({ picture, kernel, random, normal }: Material): Lesson {
  const size = kernel.length;
  const layers = { 0: new Conv2d(1, 1, size, { bias: false }) };
  const weight = tensor(Float32Array.from(kernel.flat()), [1, 1, size, size]);
  // each colour is a separate picture
  const apart = ({ data, shape: [count, channels, height, width] }: Tensor) =>
    tensor(data, [count * channels, 1, height, width]);
  const together = ({ data, shape: [count, , height, width] }: Tensor) =>
    tensor(data, [count / 3, 3, height, width]);
  // black is −0.5: otherwise the mean of all pixels would dominate the differences between them
  const centred = ({ data, shape }: Tensor) =>
    tensor(
      data.map((value) => value - 0.5),
      shape,
    );
  const filtered = (x: Tensor) => functional.conv2d(x, weight);
  const before = planesOf(picture);
  const after = filtered(apart(before));
  // also numbers below zero: zero is grey, as on the page of kernels
  const signed = kernel.flat().reduce((sum, value) => sum + value, 0) < 0.5;
  const seen = (x: Tensor) =>
    pictureOf(
      together(
        signed
          ? tensor(
              x.data.map((value) => value / 2 + 0.5),
              x.shape,
            )
          : x,
      ),
    );
  return {
    layers,
    loss: () => {
      const x = withNoise(centred(apart(crops(before, BATCH, SIDE, random))), NOISE, normal);
      return mseLoss(layers[0].forward(x), filtered(x));
    },
    look: () => {
      const made = layers[0].forward(apart(before));
      return {
        pictures: [
          { name: 'Before', picture: pictureOf(before) },
          { name: 'The network', picture: seen(made) },
          { name: 'The filter', picture: seen(after) },
        ],
        decibels: [decibels(made, after), null],
      };
    },
    tiles: () => filtersOf(layers[0]),
  };
}
