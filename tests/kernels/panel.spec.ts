// Packed panels compared with the window.

import { packPanels } from '../../assembly/window/panel';
import { GemmTask } from '../../src/shared/task';
import { below, block, get, integers, releaseAll, table } from './memory';

/** Whether several panels were packed together. */
let together = false;

/** Packs every panel of the outputs of some images, and checks every element. */
function panels(images: i32, depth: i32, height: i32, width: i32, extra: i32): string {
  const task = new GemmTask();
  task.images = images;
  task.depth = depth;
  task.height = height;
  task.width = width;
  const row = width + extra;
  const rows = height + below(2) * extra;
  task.windowRow = row << 2;
  task.windowDepth = (row * rows + below(3)) << 2;
  const last = ((depth - 1) * task.windowDepth + (height - 1) * task.windowRow) / 4 + width;
  task.windowImage = (last + below(9)) << 2;
  const window = integers(((images - 1) * task.windowImage) / 4 + last + 20);
  const taps: i32[] = [];
  for (let term = 0; term < 5; term++) taps.push(below(20) << 2);
  task.tapTable = <i32>table(taps);
  const map = depth * height * width;
  const pixels = images * map;
  let wrong = '';
  for (let pixel = 0, packed = 0; pixel < pixels; pixel += 8 * packed) {
    const tiles = min((pixels - pixel + 7) / 8, 1 + below(6));
    const panel = block(4 * 8 * tiles);
    packed = packPanels(task, window, pixel, tiles, 1, 4, panel);
    if (packed > 1) together = true;
    for (let term = 0; term < 4; term++) {
      for (let p = 0; p < min(8 * packed, pixels - pixel); p++) {
        const at = pixel + p;
        const image = at / map;
        const line = (at % map) / width;
        const d = line / height;
        const inImage = d * task.windowDepth + (line % height) * task.windowRow;
        const from = taps[term + 1] + image * task.windowImage + inImage;
        const value = get(window + from, at % width);
        if (get(panel, 8 * (4 * (p >> 3) + term) + (p & 7)) != value)
          wrong = `term ${term}, pixel ${pixel} + ${p}`;
      }
    }
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == ''
    ? ''
    : `${images} images of ${depth} x ${height} x ${width} outputs in rows of ${row}: ${wrong}`;
}

describe('packPanels', () => {
  it('gathers eight outputs a term', () => {
    for (let depth = 1; depth <= 3; depth++) {
      for (let height = 1; height <= 4; height++) {
        for (let width = 1; width <= 19; width++) {
          for (let extra = 0; extra <= 3; extra++) {
            expect(panels(1, depth, height, width, extra)).toBe('');
            expect(panels(2 + below(9), depth, height, width, extra)).toBe('');
          }
        }
      }
    }
  });

  it('gathers several panels together where rows are long', () => {
    together = false;
    for (let height = 1; height <= 2; height++) {
      for (let width = 28; width <= 80; width++) {
        expect(panels(1, 1, height, width, below(3))).toBe('');
        expect(panels(2, 1 + below(2), height, width, below(3))).toBe('');
      }
    }
    expect(together).toBe(true);
  });
});
