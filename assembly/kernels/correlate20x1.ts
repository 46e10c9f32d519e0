// correlate20x1: four tiles of five filters x one pixel, which odd maps have left: an odd square is a multiple of eight and one.
//
//   to[f] = bias[f] + sum over terms of a[tile][term][filter] * b[term][0]          f = 5 tile + filter = 0 .. 19
//
//   a       f32[4][terms][5]    the packed weights of four tiles that follow one another
//   b       f32[terms][8]       a packed panel
//   to      f32[20], and room for three more
//   bias    f32[5] of each tile, `step` bytes apart
//
// A vector is four filters of a tile; of the fifth all lanes are the same. Eight sums, for one tile alone would wait for itself. Terms are
// summed in the order of all other tiles, so an output has the same bits in any of them.

import { madd } from '../lanes';

/** Bytes from a term of a tile to the next, and from the outputs of a tile to the next. */
const FIVE: usize = 20;

/** Bytes of a row of the panel: eight pixels. */
const PANEL_ROW: usize = 32;

export function correlate20x1(terms: i32, a: usize, b: usize, to: usize, bias: usize, step: i32): void {
  const tile = <usize>terms * FIVE;
  const end = a + tile;
  // c<tile>: filters 0 to 3, d<tile>: filter 4
  let c0 = v128.load(bias);
  let d0 = v128.load32_splat(bias, 16);
  bias += <usize>step;
  let c1 = v128.load(bias);
  let d1 = v128.load32_splat(bias, 16);
  bias += <usize>step;
  let c2 = v128.load(bias);
  let d2 = v128.load32_splat(bias, 16);
  bias += <usize>step;
  let c3 = v128.load(bias);
  let d3 = v128.load32_splat(bias, 16);
  while (a < end) {
    const p = v128.load32_splat(b);
    const a1 = a + tile;
    const a2 = a1 + tile;
    const a3 = a2 + tile;
    c0 = madd(v128.load(a), p, c0);
    d0 = madd(v128.load32_splat(a, 16), p, d0);
    c1 = madd(v128.load(a1), p, c1);
    d1 = madd(v128.load32_splat(a1, 16), p, d1);
    c2 = madd(v128.load(a2), p, c2);
    d2 = madd(v128.load32_splat(a2, 16), p, d2);
    c3 = madd(v128.load(a3), p, c3);
    d3 = madd(v128.load32_splat(a3, 16), p, d3);
    a += FIVE;
    b += PANEL_ROW;
  }
  // each vector over the end of the one before
  v128.store(to, c0);
  v128.store(to, d0, 16);
  v128.store(to, c1, 20);
  v128.store(to, d1, 36);
  v128.store(to, c2, 40);
  v128.store(to, d2, 56);
  v128.store(to, c3, 60);
  v128.store(to, d3, 76);
}
