// correlate20x1: four tiles of five filters x one pixel, the remaining pixel of odd maps: an odd square is a multiple of eight plus one.
//
//   to[f] = bias[f] + sum over terms of a[tile][term][filter] * b[term][0]          f = 5 tile + filter = 0 .. 19
//
//   a       f32[4][terms][5]    the packed weights of four consecutive tiles
//   b       f32[terms][8]       a packed panel
//   to      f32[20], and room for three more
//   bias    f32[20]
//
// A vector has four filters of a tile; the fifth filter is in all lanes of another vector. Four tiles give eight independent sums, enough
// to hide the latency. Terms are summed in the same order as in other tiles, so that the result is bitwise the same.

import { madd } from '../lanes';

/** The stride in bytes of a tile's terms, and of the tiles' outputs. */
const FIVE: usize = 20;

/** Bytes of a row of the panel: eight pixels. */
const PANEL_ROW: usize = 32;

export function correlate20x1(terms: i32, a: usize, b: usize, to: usize, bias: usize): void {
  const tile = <usize>terms * FIVE;
  const end = a + tile;
  // c<tile>: filters 0 to 3, d<tile>: filter 4
  let c0 = v128.load(bias);
  let d0 = v128.load32_splat(bias, 16);
  let c1 = v128.load(bias, 20);
  let d1 = v128.load32_splat(bias, 36);
  let c2 = v128.load(bias, 40);
  let d2 = v128.load32_splat(bias, 56);
  let c3 = v128.load(bias, 60);
  let d3 = v128.load32_splat(bias, 76);
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
  // each store overwrites the excess lanes of the previous one
  v128.store(to, c0);
  v128.store(to, d0, 16);
  v128.store(to, c1, 20);
  v128.store(to, d1, 36);
  v128.store(to, c2, 40);
  v128.store(to, d2, 56);
  v128.store(to, c3, 60);
  v128.store(to, d3, 76);
}
