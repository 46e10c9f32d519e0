// correlate10x4: two tiles of five filters x four pixels in registers, one term at a time; for at most four remaining pixels or tiles.
//
//   c[5 t + f][p] (+)= bias[t][f] + sum over terms of a[t][term][f] * b[term][p]          t = 0, 1;  f = 0 .. 4;  p = 0 .. 3
//
//   a       f32[2][terms][5]    packed weights of two filter tiles, `next` bytes apart
//   b       f32[terms][8]       a packed panel, of which the first half is read
//   bias    f32[2][5]
//   c       ten rows of four pixels, `row` bytes apart
//
// One tile of five filters x four pixels has five sums, too few to hide the latency of additions.
// Not taken: the terms of both tiles in turn. V8 11.3 then spills a sum: 0.54 of the speed.

import { madd } from '../lanes';

/** Bytes of a term: its weights in a tile, and its row of the panel. */
const FIVE: usize = 20;
const PANEL_ROW: usize = 32;

export function correlate10x4(
  terms: i32,
  a: usize,
  next: usize,
  b: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  // c<filter><tile>
  let c00 = v128.load32_splat(bias, 0);
  let c10 = v128.load32_splat(bias, 4);
  let c20 = v128.load32_splat(bias, 8);
  let c30 = v128.load32_splat(bias, 12);
  let c40 = v128.load32_splat(bias, 16);
  let c01 = v128.load32_splat(bias, 20);
  let c11 = v128.load32_splat(bias, 24);
  let c21 = v128.load32_splat(bias, 28);
  let c31 = v128.load32_splat(bias, 32);
  let c41 = v128.load32_splat(bias, 36);

  const end = a + <usize>terms * FIVE;
  let second = a + next;
  while (a < end) {
    const pixels = v128.load(b);
    c00 = madd(v128.load32_splat(a, 0), pixels, c00);
    c10 = madd(v128.load32_splat(a, 4), pixels, c10);
    c20 = madd(v128.load32_splat(a, 8), pixels, c20);
    c30 = madd(v128.load32_splat(a, 12), pixels, c30);
    c40 = madd(v128.load32_splat(a, 16), pixels, c40);
    c01 = madd(v128.load32_splat(second, 0), pixels, c01);
    c11 = madd(v128.load32_splat(second, 4), pixels, c11);
    c21 = madd(v128.load32_splat(second, 8), pixels, c21);
    c31 = madd(v128.load32_splat(second, 12), pixels, c31);
    c41 = madd(v128.load32_splat(second, 16), pixels, c41);
    a += FIVE;
    second += FIVE;
    b += PANEL_ROW;
  }

  // Both branches store directly: with a common store after them V8 11.3 spills inside the loop.
  if (add) {
    v128.store(c, f32x4.add(v128.load(c), c00));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c10));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c20));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c30));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c40));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c01));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c11));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c21));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c31));
    c += row;
    v128.store(c, f32x4.add(v128.load(c), c41));
  } else {
    v128.store(c, c00);
    c += row;
    v128.store(c, c10);
    c += row;
    v128.store(c, c20);
    c += row;
    v128.store(c, c30);
    c += row;
    v128.store(c, c40);
    c += row;
    v128.store(c, c01);
    c += row;
    v128.store(c, c11);
    c += row;
    v128.store(c, c21);
    c += row;
    v128.store(c, c31);
    c += row;
    v128.store(c, c41);
  }
}
