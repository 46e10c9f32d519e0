// Doubles a picture of any size in tiles, so that the network's memory does not grow with the picture. Each tile includes the
// context that the network reads, so the result equals that of the whole picture: bit for bit with
// `settings.winograd = 'never'`; otherwise, single pixels may be rounded differently.

import { type Tensor, tensor } from 'convnd';
import { isGrey, isOpaque, newPicture, type Picture } from './pixels.js';
import { context, type UpConv7 } from './upconv7.js';

/**
 * @param tile the side of a tile in pixels of the given picture
 * @param progress is called after each tile with the number of finished pixels of the given picture
 * @returns a picture of twice the width and height. Grey stays grey, and alpha is doubled like a grey picture
 */
export function upscale(
  network: UpConv7,
  picture: Picture,
  tile: number,
  progress: (pixels: number) => void = () => {},
): Picture {
  const { width, height } = picture;
  const doubled = newPicture(2 * width, 2 * height);
  const kind = { grey: isGrey(picture), opaque: isOpaque(picture) };
  let done = 0;
  for (const [top, h] of pieces(height, tile)) {
    for (const [left, w] of pieces(width, tile)) {
      const x = cut(picture, top - context, left - context, h + 2 * context, w + 2 * context, kind.opaque);
      paste(network.forward(x), doubled, 2 * top, 2 * left, kind);
      progress((done += h * w));
    }
  }
  return doubled;
}

/** Start and size of parts of nearly equal size: computing a sliver at the end would cost as much as computing its context. */
function pieces(length: number, most: number): [number, number][] {
  const count = Math.ceil(length / most);
  const starts = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * length) / count));
  return starts.slice(1).map((end, i) => [starts[i], end - starts[i]]);
}

/**
 * Copies a window to a tensor (1, 3, height, width); beyond the border it repeats the nearest pixel.
 * Alpha becomes a second picture of the batch, with three equal planes.
 */
export function cut(
  from: Picture,
  top: number,
  left: number,
  height: number,
  width: number,
  opaque: boolean,
): Tensor {
  const area = height * width;
  const batch = opaque ? 1 : 2;
  const x = new Float32Array(batch * 3 * area);
  for (let row = 0; row < height; row++) {
    const line = clamp(top + row, from.height) * from.width;
    for (let column = 0; column < width; column++) {
      const pixel = 4 * (line + clamp(left + column, from.width));
      const at = row * width + column;
      for (let c = 0; c < 3; c++) {
        x[c * area + at] = from.data[pixel + c] / 255;
        if (!opaque) x[(3 + c) * area + at] = from.data[pixel + 3] / 255;
      }
    }
  }
  return tensor(x, [batch, 3, height, width]);
}

/** Copies a tensor (1 or 2, 3, height, width) to a picture. The picture's array rounds and clamps. */
function paste(
  y: Tensor,
  into: Picture,
  top: number,
  left: number,
  kind: { grey: boolean; opaque: boolean },
): void {
  const [, , height, width] = y.shape;
  const area = height * width;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const pixel = 4 * ((top + row) * into.width + left + column);
      const mean = (plane: number) =>
        (y.data[plane * area + at] + y.data[(plane + 1) * area + at] + y.data[(plane + 2) * area + at]) / 3;
      for (let c = 0; c < 3; c++) into.data[pixel + c] = 255 * (kind.grey ? mean(0) : y.data[c * area + at]);
      into.data[pixel + 3] = kind.opaque ? 255 : 255 * mean(3);
    }
  }
}

function clamp(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1);
}
