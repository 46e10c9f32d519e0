// Scores of windows: products over norms.
//
//   quotients        from squared norms, over all channels
//   coefficients     from sums and sums of squares of one channel: addVariances (scores.ts) and quotients in one pass
//
// coefficients processes four windows at a time, quotients two; results past the last window are unused.

import { narrow, pair } from '../vectors';

/**
 * Four quotients p √n / √v; NaN if p is NaN or v not positive. A float32 square root and a Newton step in float64 have a relative error of at
 * most 2e-14: four roots and quotients in float32 take as long as two in float64.
 *
 *   near     √n / √v in float32
 *   half     1 / 2n
 */
// @ts-ignore: decorator
@inline
function refined(p0: v128, p1: v128, v0: v128, v1: v128, near: v128, half: v128, threeHalves: v128): v128 {
  const r0 = f64x2.promote_low_f32x4(near);
  const r1 = f64x2.promote_low_f32x4(v128.shuffle<f32>(near, near, 2, 3, 2, 3));
  const step0 = f64x2.sub(threeHalves, f64x2.mul(f64x2.mul(v0, half), f64x2.mul(r0, r0)));
  const step1 = f64x2.sub(threeHalves, f64x2.mul(f64x2.mul(v1, half), f64x2.mul(r1, r1)));
  return narrow(f64x2.mul(f64x2.mul(p0, r0), step0), f64x2.mul(f64x2.mul(p1, r1), step1));
}

/** Marks doubtful coefficients and flat windows; returns whether there are doubtful ones. */
function markLow(variances: usize, squares: usize, to: usize, windows: i32, facts: usize): i32 {
  const n = load<f64>(facts);
  const share = load<f64>(facts, 8);
  const limit = load<f64>(facts, 16);
  const isZeroSure = load<f64>(facts, 24) != 0;
  let found = 0;
  const end = to + ((<usize>windows) << 2);
  for (; to < end; to += 4) {
    const v = load<f64>(variances);
    if (v == 0 && isZeroSure) store<f32>(to, 0);
    else if (v <= 0 || v < share * (n * load<f64>(squares)) + limit) {
      store<f32>(to, -2);
      found = 1;
    }
    variances += 8;
    squares += 8;
  }
  return found;
}

/**
 * The coefficients of a row of windows. n² times the variance of each window, which is exactly 0 if the two products are equal, and the
 * quotient of its product are computed in one loop, so that roots and divisions overlap with the rest. Sums are f64, or differences of two
 * 32-bit prefix sums that are `wide` bytes apart (S); those of squares follow at a distance of `apart` bytes. The other parameters are those of
 * `coefficients`; `squares` are what `markLow` reads. Rounds up to fours.
 * @returns whether some score is -2
 */
export function rowCoefficients<S>(
  sums: usize,
  apart: usize,
  wide: usize,
  squares: usize,
  products: usize,
  isSingle: i32,
  variances: usize,
  to: usize,
  windows: i32,
  facts: usize,
): i32 {
  // loaded from memory, because V8 11.3 creates constants and splats again in each iteration of a loop
  const n = v128.load64_splat(facts);
  const share = v128.load64_splat(facts, 8);
  const limit = v128.load64_splat(facts, 16);
  const half = v128.load64_splat(facts, 32);
  const threeHalves = v128.load64_splat(facts, 40);
  const root = v128.load32_splat(facts, 48);
  const one = v128.load32_splat(facts, 52);
  const minusOne = v128.load32_splat(facts, 56);
  let low = f64x2.splat(0);
  let at = to;
  let variance = variances;
  for (const end = to + ((<usize>windows) << 2); at < end; at += 16) {
    let s0: v128;
    let s1: v128;
    let e0: v128;
    let e1: v128;
    if (sizeof<S>() == 4) {
      const s = i32x4.sub(v128.load(sums + wide), v128.load(sums));
      const e = i32x4.sub(v128.load(sums + apart + wide), v128.load(sums + apart));
      s0 = f64x2.convert_low_i32x4_s(s);
      s1 = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(s, s, 2, 3, 2, 3));
      e0 = f64x2.convert_low_i32x4_s(e);
      e1 = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(e, e, 2, 3, 2, 3));
    } else {
      s0 = v128.load(sums);
      s1 = v128.load(sums, 16);
      e0 = v128.load(sums + apart);
      e1 = v128.load(sums + apart, 16);
    }
    e0 = f64x2.mul(n, e0);
    e1 = f64x2.mul(n, e1);
    const v0 = f64x2.sub(e0, f64x2.mul(s0, s0));
    const v1 = f64x2.sub(e1, f64x2.mul(s1, s1));
    // 32-bit sums are exact, so the limit needs no share of the squares
    low = v128.or(low, f64x2.le(v0, sizeof<S>() == 4 ? limit : f64x2.add(f64x2.mul(share, e0), limit)));
    low = v128.or(low, f64x2.le(v1, sizeof<S>() == 4 ? limit : f64x2.add(f64x2.mul(share, e1), limit)));
    v128.store(variance, v0);
    v128.store(variance, v1, 16);
    const near = f32x4.div(root, f32x4.sqrt(narrow(v0, v1)));
    let q: v128;
    if (isSingle) {
      // the error of float32 products exceeds that of a float32 square root
      q = f32x4.mul(v128.load(products), near);
    } else {
      q = refined(v128.load(products), v128.load(products, 16), v0, v1, near, half, threeHalves);
      products += 16;
    }
    v128.store(at, f32x4.pmax(f32x4.pmin(q, one), minusOne));
    products += 16;
    variance += 32;
    sums += 4 * sizeof<S>();
  }
  return v128.any_true(low) ? markLow(variances, squares, to, windows, facts) : 0;
}

/**
 * Float32 coefficients of one channel: addVariances and quotients in one pass. Rounds up to fours.
 *
 *   variances scratch for variances; may overlap the sums
 *   products  f32 or f64
 *   facts     f64: n, share, n · limit, whether 0 is exact, 1 / 2n, 1.5; f32: √n, 1, -1; then those of integer-scores.ts
 *
 * @returns whether some score is -2
 */
export function coefficients(
  sums: usize,
  squares: usize,
  products: usize,
  isSingle: i32,
  variances: usize,
  to: usize,
  windows: i32,
  facts: usize,
): i32 {
  const apart = squares - sums;
  return rowCoefficients<f64>(sums, apart, 0, squares, products, isSingle, variances, to, windows, facts);
}

/**
 * p / √v, clamped to -1 … 1; 0 where v is 0, -2 where it is negative, NaN where p is NaN. Squares are float64; `isSingle` and `toSingle`
 * tell whether products and output are float32. Rounds up to pairs.
 */
export function quotients(
  products: usize,
  isSingle: i32,
  squares: usize,
  to: usize,
  toSingle: i32,
  windows: i32,
): void {
  const zero = f64x2.splat(0);
  for (let i = 0; i < windows; i += 2) {
    const v = v128.load(squares);
    const p = isSingle ? pair<f32>(products) : v128.load(products);
    const q = f64x2.div(p, f64x2.sqrt(v));
    const cut = v128.andnot(f64x2.pmax(f64x2.pmin(q, f64x2.splat(1)), f64x2.splat(-1)), f64x2.eq(v, zero));
    const score = v128.bitselect(f64x2.splat(-2), cut, f64x2.lt(v, zero));
    if (toSingle) v128.store64_lane(to, f32x4.demote_f64x2_zero(score), 0);
    else v128.store(to, score);
    products += 16 >> isSingle;
    squares += 16;
    to += 16 >> toSingle;
  }
}
