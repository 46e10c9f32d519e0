// Conversion between pixels and planes of brightness, and parts of them.

import type { Plane } from '../job.ts';

/** A part of a picture, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The brightness of every pixel as an integer: the weighted sum of red, green and blue of Rec. 601. */
export function brightness({ data, width, height }: ImageData): Plane {
  const plane = new Float32Array(width * height);
  for (let i = 0; i < plane.length; i++)
    plane[i] = Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
  return { data: plane, shape: [height, width] };
}

export function cut({ data, shape }: Plane, { x, y, width, height }: Box): Plane {
  const piece = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * shape[1] + x;
    piece.set(data.subarray(from, from + width), row * width);
  }
  return { data: piece, shape: [height, width] };
}

/** Whether all numbers that count are equal, or none counts: such a pattern has no correlation coefficient. */
export function isFlat({ data }: Plane, mask: Plane | null): boolean {
  const counting = mask ? data.filter((_, i) => mask.data[i] > 0) : data;
  return counting.every((value) => value === counting[0]);
}
