// Photographs as tensors: random crops for training, noise, and the difference of two pictures.

import { type Tensor, tensor } from 'convnd';
import { readPicture } from './picture.js';
import { newPicture, type Picture } from './pixels.js';

/** A colour picture of shape (3, height, width), numbers from 0 to 1. */
export type Photograph = Tensor;

/**
 * Reads a PNG picture. Its sides are cropped to multiples of `step`.
 * @throws Error if a side has fewer than `least` pixels
 */
export function readPhotograph(path: string, step: number, least: number): Photograph {
  const picture = readPicture(path);
  const [width, height] = [picture.width, picture.height].map((size) => size - (size % step));
  if (Math.min(width, height) < least) {
    const sizes = `${picture.width} × ${picture.height}`;
    throw new Error(`${path} is too small: ${sizes} pixels, and ${least} × ${least} are needed`);
  }
  const photograph = tensor(new Float32Array(3 * width * height), [3, height, width]);
  for (let channel = 0, at = 0; channel < 3; channel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        photograph.data[at++] = picture.data[4 * (y * picture.width + x) + channel] / 255;
  return photograph;
}

/** Random square crops of photographs, half of them mirrored: (count, 3, side, side). */
export function crops(photographs: Photograph[], count: number, side: number, random: () => number): Tensor {
  const batch = tensor(new Float32Array(count * 3 * side * side), [count, 3, side, side]);
  const below = (end: number) => Math.floor(random() * end);
  for (let crop = 0, at = 0; crop < count; crop++) {
    const { data, shape } = photographs[below(photographs.length)];
    const [, height, width] = shape;
    const [top, left] = [below(height - side + 1), below(width - side + 1)];
    const mirrored = random() < 0.5;
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < side; y++) {
        const row = (channel * height + top + y) * width + left;
        for (let x = 0; x < side; x++) batch.data[at++] = data[row + (mirrored ? side - 1 - x : x)];
      }
  }
  return batch;
}

/** A copy with noise of a given standard deviation, as from a camera: rounded to 256 levels and clipped at black and white. */
export function withNoise({ data, shape }: Tensor, deviation: number, normal: () => number): Tensor {
  return shades(
    tensor(
      data.map((value) => value + deviation * normal()),
      shape,
    ),
  );
}

/** The nearest of 256 levels. */
export function shades({ data, shape }: Tensor): Tensor {
  return tensor(
    data.map((value) => Math.round(255 * Math.min(Math.max(value, 0), 1)) / 255),
    shape,
  );
}

/** The peak signal-to-noise ratio of one photograph relative to another, in decibels: 10 · log10(1 / mean square difference). */
export function decibels(a: Photograph, b: Photograph): number {
  const squares = a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0);
  return -10 * Math.log10(squares / a.data.length);
}

/** A photograph as a picture. */
export function toPicture({ data, shape: [, height, width] }: Photograph): Picture {
  const picture = newPicture(width, height);
  const pixels = width * height;
  for (let i = 0; i < pixels; i++) {
    for (let channel = 0; channel < 3; channel++)
      picture.data[4 * i + channel] = Math.round(255 * data[channel * pixels + i]);
    picture.data[4 * i + 3] = 255;
  }
  return picture;
}
