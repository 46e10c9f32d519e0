// correlate3x8: three filters x eight pixels in registers, one term at a time.
//
//   c[f][p] (+)= bias[f] + sum over terms of a[term][f] * b(term)[p]
//
// a: packed weights, three a term. b(term): eight neighbouring pixels; either the next row of a packed panel, or
// (indirect) the staged window at an offset taken from the tap table.
//
// Takes up the filters that do not fill tiles of five; the remarks at correlate5x8 hold here too.

import { madd } from '../lanes';

// @ts-ignore: decorator
@inline
function tile(
  indirect: bool,
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  let c00 = v128.load32_splat(bias, 0);
  let c10 = v128.load32_splat(bias, 4);
  let c20 = v128.load32_splat(bias, 8);
  let c01 = c00;
  let c11 = c10;
  let c21 = c20;
  const c1 = c + row;
  const c2 = c1 + row;

  const end = a + <usize>terms * 12;
  while (a < end) {
    const p = indirect ? b + <usize>load<u32>(taps) : b;
    const b0 = v128.load(p);
    const b1 = v128.load(p, 16);
    let w = v128.load32_splat(a, 0);
    c00 = madd(w, b0, c00);
    c01 = madd(w, b1, c01);
    w = v128.load32_splat(a, 4);
    c10 = madd(w, b0, c10);
    c11 = madd(w, b1, c11);
    w = v128.load32_splat(a, 8);
    c20 = madd(w, b0, c20);
    c21 = madd(w, b1, c21);
    a += 12;
    if (indirect) taps += 4;
    else b += 32;
  }

  // Both arms store at once: a common store after them makes V8 11.3 spill inside the loop.
  if (add) {
    v128.store(c, f32x4.add(v128.load(c), c00));
    v128.store(c, f32x4.add(v128.load(c, 16), c01), 16);
    v128.store(c1, f32x4.add(v128.load(c1), c10));
    v128.store(c1, f32x4.add(v128.load(c1, 16), c11), 16);
    v128.store(c2, f32x4.add(v128.load(c2), c20));
    v128.store(c2, f32x4.add(v128.load(c2, 16), c21), 16);
  } else {
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c1, c10);
    v128.store(c1, c11, 16);
    v128.store(c2, c20);
    v128.store(c2, c21, 16);
  }
}

/** The tile over a packed panel. */
export function correlate3x8(
  terms: i32,
  a: usize,
  b: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  tile(false, terms, a, b, 0, c, row, bias, add);
}

/** The tile that reads the staged window in place. */
export function correlate3x8InPlace(
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
): void {
  tile(true, terms, a, b, taps, c, row, bias, false);
}
