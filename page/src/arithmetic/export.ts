// The animation as files: one step as SVG, all steps as GIF.

import { draw } from './draw.ts';
import type { Model } from './model.ts';
import type { Palette } from './palette.ts';

/** The size of a file's picture in pixels, independent of the window. */
const FILE = { width: 900, height: 900 };

export const svgFile = (model: Model, step: number, palette: Palette): Blob =>
  new Blob([draw(model, step, palette, FILE)], { type: 'image/svg+xml' });

async function rasterise(svg: string): Promise<ImageData> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser provides no 2-D canvas.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @param progress is called with the number of finished steps */
export async function gifFile(
  model: Model,
  palette: Palette,
  milliseconds: number,
  progress: (steps: number) => void,
): Promise<Blob> {
  const { applyPalette, GIFEncoder, quantize } = await import('gifenc');
  const gif = GIFEncoder();
  for (let step = 0; step < model.steps; step++) {
    const { data, width, height } = await rasterise(draw(model, step, palette, FILE));
    const colours = quantize(data, 64);
    gif.writeFrame(applyPalette(data, colours), width, height, { palette: colours, delay: milliseconds });
    progress(step + 1);
  }
  gif.finish();
  return new Blob([gif.bytes().slice()], { type: 'image/gif' });
}
