// Coefficients of the windows of a picture of integers, whose sums are exact in 32 bits.
//
//   d       x − origin, an integer
//
// A window's sum is the difference of two prefix sums along a row, which include all rows of the window. From one row of windows to the
// next, a row of numbers is added and another one subtracted, which is exact for integers. Prefix sums may wrap around; the differences do
// not overflow.
//   x         f32, count + length - 1 rows `step` bytes apart; six numbers past the last one are read, which must be integers too
//   products  f32 or f64, `count` rows `pitch` bytes apart, with room for rounding up to fours
//   to        f32, contiguous rows of `windows` numbers; may overlap the products, if no row of scores begins after its products
//   room      in vectors, with v = ⌈(windows rounded up to fours + width - 1) / 4⌉: v + 1 prefix sums of d, and of d²; v of origins;
//             2 v of variances
//   facts     as for coefficients (quotients.ts), followed by f32: origin, 1.5 · 2^23

import { rowCoefficients } from './quotients';

/**
 * Adds the numbers of one row to the prefix sums and subtracts those of another row.
 *
 * @param along prefix sums of d up to each column, over all rows of a window; those of d² follow at a distance of `apart` bytes
 */
function nextRow(x: usize, old: usize, along: usize, apart: usize, bytes: usize, facts: usize): void {
  const origin = v128.load32_splat(facts, 60);
  // an integer below 2^22 plus 1.5 · 2^23 has the bits of that constant, with the integer in the low bits
  const magic = v128.load32_splat(facts, 64);
  const zero = i32x4.splat(0);
  let s = zero;
  let e = zero;
  for (const end = x + bytes; x < end; x += 16) {
    const a = f32x4.sub(v128.load(x), origin);
    const b = f32x4.sub(v128.load(old), origin);
    const difference = f32x4.sub(a, b);
    const squares = f32x4.mul(difference, f32x4.add(a, b));
    let p = i32x4.sub(f32x4.add(difference, magic), magic);
    let q = i32x4.sub(f32x4.add(squares, magic), magic);
    p = i32x4.add(p, v128.shuffle<i32>(zero, p, 3, 4, 5, 6));
    q = i32x4.add(q, v128.shuffle<i32>(zero, q, 3, 4, 5, 6));
    p = i32x4.add(p, v128.shuffle<i32>(zero, p, 2, 3, 4, 5));
    q = i32x4.add(q, v128.shuffle<i32>(zero, q, 2, 3, 4, 5));
    s = i32x4.add(s, p);
    e = i32x4.add(e, q);
    v128.store(along, i32x4.add(v128.load(along), s));
    v128.store(along + apart, i32x4.add(v128.load(along + apart), e));
    s = v128.shuffle<i32>(s, s, 3, 3, 3, 3);
    e = v128.shuffle<i32>(e, e, 3, 3, 3, 3);
    old += 16;
    along += 16;
  }
}

/**
 * Computes the scores of all rows, from products in float32 or float64.
 * @returns whether some score is -2
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
  // windows past the end of a row, up to a multiple of four, are computed from the columns that follow the row
  const vectors = (((windows + 3) & ~3) + width + 2) >> 2;
  const bytes = (<usize>vectors) << 4;
  const apart = bytes + 16;
  const origins = room + 2 * apart;
  // the prefix sum before the first column is 0
  const along = room + 16;
  const own = origins + bytes;
  memory.fill(room, 0, 2 * apart);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(origins + at, v128.load32_splat(facts, 60));
  let old = origins;
  let gone = x;
  let found = 0;
  for (let i = 1 - length; i < count; i++) {
    nextRow(x, old, along, apart, bytes, facts);
    x += step;
    if (i < 0) continue;
    old = gone;
    gone += step;
    const sums = along - 4;
    const wide = (<usize>width) << 2;
    found |= rowCoefficients<i32>(sums, apart, wide, own, products, isSingle, own, to, windows, facts);
    products += pitch;
    to += (<usize>windows) << 2;
  }
  return found;
}
