// PNG files as pixels, four bytes each, and back.

import { writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { readBytes } from './files.js';

/** Red, green, blue and opacity of each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export function newPicture(width: number, height: number): Picture {
  return { width, height, data: new Uint8ClampedArray(4 * width * height) };
}

/** Whether every pixel has as much red as green as blue. */
export function isGrey({ data }: Picture): boolean {
  for (let i = 0; i < data.length; i += 4)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  return true;
}

export function isOpaque({ data }: Picture): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** Reads any kind of PNG: palettes, 1 to 16 bits, interlaced. */
export function readPicture(path: string): Picture {
  const bytes = readBytes(path);
  let png: PNG;
  try {
    png = PNG.sync.read(bytes);
  } catch (error) {
    throw new Error(`${path} is not a PNG picture (${(error as Error).message})`);
  }
  return { width: png.width, height: png.height, data: new Uint8ClampedArray(png.data) };
}

/** Encodes a picture, in shades of grey and without opacity if it needs no more. */
export function encodePicture(picture: Picture): Buffer {
  const { width, height, data } = picture;
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const colour = isGrey(picture) ? 0 : 2;
  return PNG.sync.write(png, { colorType: isOpaque(picture) ? colour : colour === 0 ? 4 : 6 });
}

export function writePicture(path: string, picture: Picture): void {
  writeFileSync(path, encodePicture(picture));
}
