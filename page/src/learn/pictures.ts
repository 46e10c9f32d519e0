// The network's inputs, outputs and filters as canvases that are reused from frame to frame.

import type { Shown, Tile } from './job.ts';

function draw(canvas: HTMLCanvasElement, pixels: ImageData): void {
  const { width, height } = pixels;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}

/** Makes the number of children of a kind equal to `count`. */
function children<T extends HTMLElement>(host: HTMLElement, count: number, make: () => T): T[] {
  while (host.children.length > count) host.lastElementChild?.remove();
  while (host.children.length < count) host.append(make());
  return [...host.children] as T[];
}

export function showPictures(host: HTMLElement, pictures: readonly Shown[]): void {
  host.dataset.count = String(pictures.length);
  const figures = children(host, pictures.length, () => {
    const figure = document.createElement('figure');
    const canvas = document.createElement('canvas');
    canvas.setAttribute('role', 'img');
    figure.append(canvas, document.createElement('figcaption'));
    return figure;
  });
  for (const [i, { name, picture }] of pictures.entries()) {
    const [canvas, caption] = figures[i].children as unknown as [HTMLCanvasElement, HTMLElement];
    if (caption.textContent !== name) {
      caption.textContent = name;
      canvas.setAttribute('aria-label', name);
    }
    draw(canvas, new ImageData(picture.data, picture.width, picture.height));
  }
}

/** Zero is grey; the largest absolute value of a filter is black or white. */
export function showTiles(host: HTMLElement, tiles: readonly Tile[]): void {
  const canvases = children(host, tiles.length, () => document.createElement('canvas'));
  for (const [i, { width, height, planes }] of tiles.entries()) {
    const most = planes.reduce((top, plane) => plane.reduce((a, b) => Math.max(a, Math.abs(b)), top), 1e-9);
    const pixels = new ImageData(width, height);
    for (let at = 0; at < width * height; at++) {
      for (let c = 0; c < 3; c++)
        pixels.data[4 * at + c] = 128 + (127 * planes[planes.length === 1 ? 0 : c][at]) / most;
      pixels.data[4 * at + 3] = 255;
    }
    draw(canvases[i], pixels);
    // filters have the wanted display size; a whole matrix is large enough
    canvases[i].style.width = width > 9 ? `${4 * width}px` : '';
  }
}
