// Pictures as tensors of numbers from 0 to 1, and back; random crops to learn from.

import { type Tensor, tensor } from 'convnd';
import { newPicture, type Picture } from '../../../examples/pixels.ts';

/** A picture's red, green and blue, (1, 3, height, width). Its sides are cropped to multiples of `step`. */
export function planesOf({ width, height, data }: Picture, step = 1): Tensor {
  const [w, h] = [width - (width % step), height - (height % step)];
  const planes = tensor(new Float32Array(3 * w * h), [1, 3, h, w]);
  for (let c = 0, at = 0; c < 3; c++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) planes.data[at++] = data[4 * (y * width + x) + c] / 255;
  return planes;
}

/** One picture of a batch. One channel is grey; of four, the last is alpha; of more, the others are not shown. */
export function pictureOf({ data, shape }: Tensor, item = 0): Picture {
  const [, channels, height, width] = shape;
  const picture = newPicture(width, height);
  const area = width * height;
  const from = item * channels * area;
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++)
      picture.data[4 * i + c] = 255 * data[from + (channels === 1 ? 0 : c) * area + i];
    picture.data[4 * i + 3] = 255;
  }
  return picture;
}

/** Random square crops of a picture, half of them mirrored: (count, 3, side, side). */
export function crops({ data, shape }: Tensor, count: number, most: number, random: () => number): Tensor {
  const [, channels, height, width] = shape;
  const side = Math.min(most, height, width);
  const batch = tensor(new Float32Array(count * channels * side * side), [count, channels, side, side]);
  const below = (end: number) => Math.floor(random() * end);
  for (let crop = 0, at = 0; crop < count; crop++) {
    const [top, left] = [below(height - side + 1), below(width - side + 1)];
    const mirrored = random() < 0.5;
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < side; y++) {
        const row = (c * height + top + y) * width + left;
        for (let x = 0; x < side; x++) batch.data[at++] = data[row + (mirrored ? side - 1 - x : x)];
      }
  }
  return batch;
}

/** A copy with noise of a given standard deviation; not clipped at black and white, so that the noise has mean zero. */
export function withNoise({ data, shape }: Tensor, deviation: number, normal: () => number): Tensor {
  return tensor(
    data.map((value) => value + deviation * normal()),
    shape,
  );
}

/** Half the width and height; each pixel is the mean of four. */
export function halved({ data, shape: [count, channels, height, width] }: Tensor): Tensor {
  const [h, w] = [height / 2, width / 2];
  const half = tensor(new Float32Array(count * channels * h * w), [count, channels, h, w]);
  for (let i = 0; i < half.data.length; i++) {
    const [x, row] = [i % w, Math.floor(i / w)]; // rows of all planes: each has h of them
    const at = 2 * row * width + 2 * x;
    half.data[i] = (data[at] + data[at + 1] + data[at + width] + data[at + width + 1]) / 4;
  }
  return half;
}

/** Luma, (n, 1, height, width): the weighted sum of red, green and blue of Rec. 601. */
export function grey({ data, shape: [count, , height, width] }: Tensor): Tensor {
  const area = height * width;
  const out = tensor(new Float32Array(count * area), [count, 1, height, width]);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < area; i++) {
      const at = 3 * n * area + i;
      out.data[n * area + i] = 0.299 * data[at] + 0.587 * data[at + area] + 0.114 * data[at + 2 * area];
    }
  return out;
}

/** The peak signal-to-noise ratio of one picture relative to another, in decibels: 10 · log10(1 / mean square difference). */
export function decibels(a: Tensor, b: Tensor): number {
  const squares = a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0);
  return -10 * Math.log10(squares / a.data.length);
}
