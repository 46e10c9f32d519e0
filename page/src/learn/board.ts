// Shows a frame on the page: the step and its loss, the similarity of the picture, pictures, filters or kernels.

import { find } from '../find.ts';
import type { Kernel } from '../picture/kernels.ts';
import type { Frame } from './job.ts';
import { showKernel } from './kernel-table.ts';
import { showPictures, showTiles } from './pictures.ts';

/**
 * @param loss the loss of the frame's step, if there was one
 * @param kernel the kernel to imitate, if any
 * @returns the step and its loss in words
 */
export function showFrame(frame: Frame, loss: number | undefined, kernel: Kernel | undefined): string {
  const { step, milliseconds, decibels, pictures, tiles } = frame;
  const words = `Step ${step}${loss === undefined ? '' : `, loss ${loss.toPrecision(3)}`}`;
  find('counter').textContent = words;
  const [made, given] = decibels.map((value) => value !== null && `${value.toFixed(1)} dB`);
  const nearness = given ? `PSNR ${made}, with noise ${given}` : `PSNR ${made}`;
  const speed = loss === undefined ? '' : `, ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms a step`;
  find('nearness').textContent = `${nearness}${speed}`;
  showPictures(find('pictures'), pictures);
  if (kernel) showKernels(tiles[0].planes[0], kernel);
  else showTiles(find('tiles'), tiles);
  return words;
}

/** The learned kernel next to the true one, in the same colours. */
function showKernels(learnt: Float32Array, kernel: Kernel): void {
  const wanted = kernel.flat();
  const most = wanted.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-9);
  showKernel(find('learnt'), learnt, kernel.length, most);
  showKernel(find('true'), wanted, kernel.length, most);
}
