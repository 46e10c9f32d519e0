// whole: coefficients of the windows of a picture of whole numbers, whose sums are exact in 32 bits.
//
//   d       x − origin, whole
//
// Sums down columns go from row to row: one number comes, one goes, and as nothing is rounded nothing is left behind. Along a row the
// sum of a window is a difference of two sums from the row's begin; these may wrap around, the difference doesn't.
//
//   x         f32, count + length - 1 rows `step` bytes apart; six numbers behind the last one are read, and whole too
//   products  f32 or f64, `count` rows `pitch` bytes apart, with room to whole fours
//   to        f32, rows of `windows` numbers next to each other; products may be there, if no row of them comes before its scores
//   room      in vectors, of v = ⌈(windows to whole fours + width - 1) / 4⌉: 2 v sums down columns of d and d², v + 1 sums along rows of
//             d, and of d²; v of origins; 2 v sums of windows in f64, and of squares
//   facts     as of coefficients (quotients.ts), and behind them f32: origin, 1.5 · 2^23

import { coefficients } from './quotients';

/** Whole numbers below 2^22 plus 1.5 · 2^23 have these bits and their own below them. */
const BITS: i32 = 0x4b400000;

/** Four whole numbers as float64. */
// @ts-ignore: decorator
@inline
function storeWide(to: usize, x: v128): void {
  v128.store(to, f64x2.convert_low_i32x4_s(x));
  v128.store(to, f64x2.convert_low_i32x4_s(v128.shuffle<i32>(x, x, 2, 3, 2, 3)), 16);
}

/**
 * Adds the numbers of a row, less those of another one, to the sums down columns, and makes the sums along them from `along` on, and of
 * them those of the windows that end at each column.
 */
function nextRow(
  x: usize,
  old: usize,
  sums: usize,
  vectors: i32,
  along: usize,
  apart: usize,
  wide: usize,
  windows: usize,
  facts: usize,
): void {
  const origin = v128.load32_splat(facts, 60);
  const magic = v128.load32_splat(facts, 64);
  const bits = i32x4.splat(BITS);
  const zero = i32x4.splat(0);
  const bytes = (<usize>vectors) << 4;
  const distance = bytes << 1;
  let s = zero;
  let e = zero;
  for (const end = x + bytes; x < end; x += 16) {
    const a = f32x4.sub(v128.load(x), origin);
    const b = f32x4.sub(v128.load(old), origin);
    const difference = f32x4.sub(a, b);
    const squares = f32x4.mul(difference, f32x4.add(a, b));
    let p = i32x4.add(v128.load(sums), i32x4.sub(f32x4.add(difference, magic), bits));
    let q = i32x4.add(v128.load(sums, 16), i32x4.sub(f32x4.add(squares, magic), bits));
    v128.store(sums, p);
    v128.store(sums, q, 16);
    p = i32x4.add(p, v128.shuffle<i32>(zero, p, 3, 4, 5, 6));
    q = i32x4.add(q, v128.shuffle<i32>(zero, q, 3, 4, 5, 6));
    p = i32x4.add(p, v128.shuffle<i32>(zero, p, 2, 3, 4, 5));
    q = i32x4.add(q, v128.shuffle<i32>(zero, q, 2, 3, 4, 5));
    s = i32x4.add(s, p);
    e = i32x4.add(e, q);
    v128.store(along, s);
    v128.store(along + apart, e);
    storeWide(windows, i32x4.sub(s, v128.load(along - wide)));
    storeWide(windows + distance, i32x4.sub(e, v128.load(along + apart - wide)));
    s = v128.shuffle<i32>(s, s, 3, 3, 3, 3);
    e = v128.shuffle<i32>(e, e, 3, 3, 3, 3);
    old += 16;
    sums += 32;
    along += 16;
    windows += 32;
  }
}

/**
 * Makes the scores of all rows, from products in float32 or float64.
 * @returns whether there is a -2
 */
export function wholeCoefficients(
  x: usize,
  step: usize,
  length: i32,
  width: i32,
  count: i32,
  windows: i32,
  products: usize,
  isSingle: i32,
  pitch: usize,
  to: usize,
  room: usize,
  facts: usize,
): i32 {
  // windows behind a row's last one, to whole fours, have their own columns: made of what comes after the row
  const vectors = (((windows + 3) & ~3) + width + 2) >> 2;
  const bytes = (<usize>vectors) << 4;
  const apart = bytes + 16;
  const origins = room + 2 * bytes + 2 * apart;
  // before the sums along a row stands the one of nothing
  const along = room + 2 * bytes + 16;
  const sums = origins + bytes;
  // the first window ends at the column `width - 1`; what stands before is of none
  const first = sums + ((<usize>(width - 1)) << 3);
  memory.fill(room, 0, 2 * bytes + 2 * apart);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(origins + at, v128.load32_splat(facts, 60));
  let old = origins;
  let gone = x;
  let found = 0;
  for (let i = 1 - length; i < count; i++) {
    nextRow(x, old, room, vectors, along, apart, (<usize>width) << 2, sums, facts);
    x += step;
    if (i < 0) continue;
    old = gone;
    gone += step;
    found |= coefficients(first, first + 2 * bytes, products, isSingle, to, windows, facts);
    products += pitch;
    to += (<usize>windows) << 2;
  }
  return found;
}
