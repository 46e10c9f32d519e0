// correlate: some filters x eight pixels in registers, one term at a time.
//
//   c[f][p] (+)= bias[f] + sum over terms of a[term][f] * b(term)[p]          p = 0 .. 7
//
//   a         f32[terms][filters]    packed weights
//   b         f32[terms][8]          a packed panel; in place, the staged window, term by term at b + taps
//   taps      u32[terms]             byte offsets, for the tile in place only
//   bias      f32[filters]
//   c         rows of eight pixels, `row` bytes apart
//
// The common body of correlate5x8 to correlate3x8. `filters` and `inPlace` are compile-time constants, so the compiler removes
// the unused parts.
//
// Five filters need ten accumulators, two vectors of pixels, one weight and one product: 14 of the 15 vector registers that V8 uses on
// x64. Four and three filters are for the remaining filters of a group; four pixels are for the remaining pixels of a small map.
// Not taken: unrolling over terms. V8 11.3 then spills accumulators: half the speed.

import { madd } from '../lanes';

/** Bytes of a row of the panel: eight pixels. */
const PANEL_ROW: usize = 32;

// @ts-ignore: decorator
@inline
export function correlateTile(
  filters: i32,
  inPlace: bool,
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
  add: bool,
): void {
  // c<filter><vector of four pixels>
  let c00 = v128.load32_splat(bias, 0);
  let c10 = v128.load32_splat(bias, 4);
  let c20 = v128.load32_splat(bias, 8);
  let c30 = filters > 3 ? v128.load32_splat(bias, 12) : c00;
  let c40 = filters > 4 ? v128.load32_splat(bias, 16) : c00;
  let c01 = c00;
  let c11 = c10;
  let c21 = c20;
  let c31 = c30;
  let c41 = c40;
  const c1 = c + row;
  const c2 = c1 + row;
  const c3 = c2 + row;
  const c4 = c3 + row;

  const end = a + <usize>terms * ((<usize>filters) << 2);
  while (a < end) {
    const p = inPlace ? b + <usize>load<u32>(taps) : b;
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
    if (filters > 3) {
      w = v128.load32_splat(a, 12);
      c30 = madd(w, b0, c30);
      c31 = madd(w, b1, c31);
    }
    if (filters > 4) {
      w = v128.load32_splat(a, 16);
      c40 = madd(w, b0, c40);
      c41 = madd(w, b1, c41);
    }
    a += (<usize>filters) << 2;
    if (inPlace) taps += 4;
    else b += PANEL_ROW;
  }

  // Both branches store directly: with a common store after them V8 11.3 spills inside the loop.
  if (add) {
    v128.store(c, f32x4.add(v128.load(c), c00));
    v128.store(c, f32x4.add(v128.load(c, 16), c01), 16);
    v128.store(c1, f32x4.add(v128.load(c1), c10));
    v128.store(c1, f32x4.add(v128.load(c1, 16), c11), 16);
    v128.store(c2, f32x4.add(v128.load(c2), c20));
    v128.store(c2, f32x4.add(v128.load(c2, 16), c21), 16);
    if (filters > 3) {
      v128.store(c3, f32x4.add(v128.load(c3), c30));
      v128.store(c3, f32x4.add(v128.load(c3, 16), c31), 16);
    }
    if (filters > 4) {
      v128.store(c4, f32x4.add(v128.load(c4), c40));
      v128.store(c4, f32x4.add(v128.load(c4, 16), c41), 16);
    }
  } else {
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c1, c10);
    v128.store(c1, c11, 16);
    v128.store(c2, c20);
    v128.store(c2, c21, 16);
    if (filters > 3) {
      v128.store(c3, c30);
      v128.store(c3, c31, 16);
    }
    if (filters > 4) {
      v128.store(c4, c40);
      v128.store(c4, c41, 16);
    }
  }
}

/**
 * The in-place tile along a row of `width` pixels, at least eight. The last tile is shifted back to end with the row, and recomputes some
 * pixels. Only for three and four filters: with five, this loop makes V8 11.3 spill.
 */
// @ts-ignore: decorator
@inline
export function correlateAlong(
  filters: i32,
  terms: i32,
  a: usize,
  b: usize,
  taps: usize,
  c: usize,
  row: usize,
  bias: usize,
  width: i32,
): void {
  const last = c + ((<usize>(width - 8)) << 2);
  while (true) {
    correlateTile(filters, true, terms, a, b, taps, c, row, bias, false);
    if (c == last) return;
    const next = min(c + 32, last);
    b += next - c;
    c = next;
  }
}
