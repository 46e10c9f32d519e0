// Reads and writes PNG files.

import { writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { readBytes } from './files.js';
import { isGrey, isOpaque, type Picture } from './pixels.js';

/** The first bytes of every PNG file. */
const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Reads any kind of PNG: palettes, 1 to 16 bits, interlaced. */
export function readPicture(path: string): Picture {
  const bytes = readBytes(path);
  if (!signature.equals(bytes.subarray(0, signature.length))) throw new Error(`${path} is not a PNG picture`);
  let png: PNG;
  try {
    png = PNG.sync.read(bytes);
  } catch {
    // the error message of pngjs is about its own streams
    throw new Error(`${path} is a damaged or truncated PNG picture`);
  }
  return { width: png.width, height: png.height, data: new Uint8ClampedArray(png.data) };
}

/** Encodes a picture; as greyscale and without alpha if that is sufficient. */
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
