// Packs panels from the window: the inputs of eight consecutive outputs, one row of eight per term.
//
//   panel[term][0..7] = window[tap(term) + pixel(0..7)]

import { GemmTask } from '../../src/shared/task';

/** The image of a pixel. The pixels of a group are numbered through all images. */
export function imageOf(task: GemmTask, pixel: i32): i32 {
  const map = task.depth * task.height * task.width;
  return pixel < map ? 0 : pixel / map;
}

/** Tiles in one row that are packed together, which reads 128 consecutive bytes per term: 1.15 for n1 g1 c512 f32 i16x14x14 k1x1x1. */
const TOGETHER: i32 = 4;

/**
 * Packs `terms` terms, beginning with `first`, of pixels `pixel` to `pixel + 7` of a group, whose window in the first image is `window`.
 * Pixels past the last one get arbitrary values. If four of the `tiles` remaining tiles are in the same row, packs four panels. Returns
 * the number of packed tiles.
 */
export function packPanels(
  task: GemmTask,
  window: usize,
  pixel: i32,
  tiles: i32,
  first: i32,
  terms: i32,
  to: usize,
): i32 {
  const width = task.width;
  const rows = task.depth * task.height;
  const map = rows * width;
  const image = imageOf(task, pixel);
  const place = pixel - image * map;
  const tap = <usize>task.tapTable + ((<usize>first) << 2);
  const end = tap + ((<usize>terms) << 2);

  // Whether the tile continues in the next image; and if so, whether exactly with its second half.
  const goesOn = place + 8 > map && image + 1 < task.images;
  const isHalf = place + 4 == map && map >= 4;
  if ((width == 1 && rows > 1) || (goesOn && !isHalf)) {
    packApart(task, window, pixel, tap, end, to);
    return 1;
  }
  const own = window + <usize>(image * task.windowImage);
  return packRows(task, own, goesOn ? own + <usize>task.windowImage : 0, place, tiles, tap, end, to);
}

/** Packs pixel by pixel, for tiles whose pixels are in separate rows or in several images. */
function packApart(task: GemmTask, window: usize, pixel: i32, tap: usize, end: usize, to: usize): void {
  const last = task.images * task.depth * task.height * task.width - 1;
  for (let i = 0; i < 8; i++, to += 4) {
    const p = pixelOf(task, window, min(pixel + i, last));
    for (let from = tap, t = to; from < end; from += 4, t += 32)
      store<f32>(t, load<f32>(p + <usize>load<u32>(from)));
  }
}

/**
 * Packs four tiles of a row, or one tile as two vectors of four pixels, each of which spans at most two rows. `window` is the window of the
 * first vector's image. If the second vector is in the next image, `next` is its window, else 0.
 */
function packRows(
  task: GemmTask,
  window: usize,
  next: usize,
  place: i32,
  tiles: i32,
  tap: usize,
  end: usize,
  to: usize,
): i32 {
  const width = task.width;
  const rows = task.depth * task.height;
  let row = place / width;
  let w = place - row * width;
  const p0 = placeOf(task, window, row) + ((<usize>w) << 2);
  if (tiles >= TOGETHER && w + 8 * TOGETHER <= width) {
    const panel = (end - tap) << 3;
    for (; tap < end; tap += 4, to += 32) {
      let p = p0 + <usize>load<u32>(tap);
      for (let c = to, last = to + <usize>TOGETHER * panel; c < last; c += panel, p += 32) {
        v128.store(c, v128.load(p));
        v128.store(c, v128.load(p, 16), 16);
      }
    }
    return TOGETHER;
  }
  const q0 = besides(task, window, row, width - w, p0);
  const mask0 = lanesOf(width - w);
  w += 4;
  while (w >= width) {
    w -= width;
    row++;
  }
  if (next != 0) {
    row = 0;
    window = next;
  }
  const p1 = row < rows ? placeOf(task, window, row) + ((<usize>w) << 2) : p0;
  const q1 = row < rows ? besides(task, window, row, width - w, p1) : p1;
  const mask1 = lanesOf(width - w);
  if (p0 == q0 && p1 == q1) {
    for (; tap < end; tap += 4, to += 32) {
      const offset = <usize>load<u32>(tap);
      v128.store(to, v128.load(p0 + offset));
      v128.store(to, v128.load(p1 + offset), 16);
    }
    return 1;
  }
  for (; tap < end; tap += 4, to += 32) {
    const offset = <usize>load<u32>(tap);
    v128.store(to, v128.bitselect(v128.load(p0 + offset), v128.load(q0 + offset), mask0));
    v128.store(to, v128.bitselect(v128.load(p1 + offset), v128.load(q1 + offset), mask1), 16);
  }
  return 1;
}

/** The address that a pixel of a group reads at tap 0. */
function pixelOf(task: GemmTask, window: usize, pixel: i32): usize {
  const image = imageOf(task, pixel);
  const place = pixel - image * task.depth * task.height * task.width;
  const row = place / task.width;
  const w = place - row * task.width;
  return placeOf(task, window + <usize>(image * task.windowImage), row) + ((<usize>w) << 2);
}

/** The address that the first pixel of a row reads at tap 0. */
function placeOf(task: GemmTask, window: usize, row: i32): usize {
  const d = row / task.height;
  return window + <usize>d * <usize>task.windowDepth + <usize>(row - d * task.height) * <usize>task.windowRow;
}

/**
 * Start address that puts the first pixel of the next row into lane `left`. Returns `p` if the vector at `p` does not cross the end
 * of its row, or if there is no next row.
 */
function besides(task: GemmTask, window: usize, row: i32, left: i32, p: usize): usize {
  return left < 4 && row + 1 < task.depth * task.height
    ? placeOf(task, window, row + 1) - ((<usize>left) << 2)
    : p;
}

/** Ones in the first lanes. */
function lanesOf(count: i32): v128 {
  return v128.gt<i32>(i32x4.splat(count), i32x4(0, 1, 2, 3));
}
