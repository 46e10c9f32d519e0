// Scores: passes over an image and over its windows that the norms of windows take, in float64.
//
//   rangeAndSums     lowest, highest, Σ(x − first), Σ(x − first)², whether all are whole
//   centre           (x − origin) · scale, and the squares
//   addVariances     (n Σx² − (Σx)²) / n of each window, added up over channels, and Σx² too
//                    and which of them are known well enough
//   quotients        products over norms
//
// Pairs of numbers, and the last one twice where there is one left.

import { pair } from './vectors';

// @ts-ignore: decorator
@inline
function rangeAndSums<T>(x: usize, count: i32, first: f64, to: usize): void {
  const origin = f64x2.splat(first);
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let squares0 = f64x2.splat(0);
  let squares1 = f64x2.splat(0);
  let whole = i64x2.splat(-1);
  const end = x + <usize>(count & ~3) * sizeof<T>();
  for (; x < end; x += 4 * sizeof<T>()) {
    const a = pair<T>(x);
    const b = pair<T>(x + 2 * sizeof<T>());
    // one instruction each, where min and max take eight; a NaN shows in the sums
    low = f64x2.pmin(low, f64x2.pmin(a, b));
    high = f64x2.pmax(high, f64x2.pmax(a, b));
    whole = v128.and(whole, v128.and(f64x2.eq(a, f64x2.floor(a)), f64x2.eq(b, f64x2.floor(b))));
    const da = f64x2.sub(a, origin);
    const db = f64x2.sub(b, origin);
    sum0 = f64x2.add(sum0, da);
    sum1 = f64x2.add(sum1, db);
    squares0 = f64x2.add(squares0, f64x2.mul(da, da));
    squares1 = f64x2.add(squares1, f64x2.mul(db, db));
  }
  sum0 = f64x2.add(sum0, sum1);
  squares0 = f64x2.add(squares0, squares1);
  let lowest = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  let highest = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
  let sum = f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
  let squares = f64x2.extract_lane(squares0, 0) + f64x2.extract_lane(squares0, 1);
  let isWhole = i64x2.all_true(whole);
  for (let i = 0; i < (count & 3); i++) {
    const a = <f64>load<T>(x);
    lowest = min(lowest, a);
    highest = max(highest, a);
    if (a != floor(a)) isWhole = false;
    sum += a - first;
    squares += (a - first) * (a - first);
    x += sizeof<T>();
  }
  store<f64>(to, lowest);
  store<f64>(to, highest, 8);
  store<f64>(to, sum, 16);
  store<f64>(to, squares, 24);
  store<f64>(to, isWhole ? 1 : 0, 32);
}

// @ts-ignore: decorator
@inline
function centre<T>(x: usize, count: i32, origin: f64, scale: f64, to: usize, squares: usize): void {
  const c = f64x2.splat(origin);
  const s = f64x2.splat(scale);
  const distance = squares - to;
  const end = to + ((<usize>(count & ~1)) << 3);
  for (; to < end; to += 16) {
    const d = f64x2.mul(f64x2.sub(pair<T>(x), c), s);
    v128.store(to, d);
    if (squares != 0) v128.store(to + distance, f64x2.mul(d, d));
    x += 2 * sizeof<T>();
  }
  if (count & 1) {
    const d = (<f64>load<T>(x) - origin) * scale;
    store<f64>(to, d);
    if (squares != 0) store<f64>(to + distance, d * d);
  }
}

/** Of float32: writes five numbers. Where x is not finite, nor is the sum. */
export function rangeAndSums32(x: usize, count: i32, first: f64, to: usize): void {
  rangeAndSums<f32>(x, count, first, to);
}

/** Of float64. */
export function rangeAndSums64(x: usize, count: i32, first: f64, to: usize): void {
  rangeAndSums<f64>(x, count, first, to);
}

/** Of float32; without squares if their address is 0. */
export function centre32(x: usize, count: i32, origin: f64, scale: f64, to: usize, squares: usize): void {
  centre<f32>(x, count, origin, scale, to, squares);
}

/** Of float64. */
export function centre64(x: usize, count: i32, origin: f64, scale: f64, to: usize, squares: usize): void {
  centre<f64>(x, count, origin, scale, to, squares);
}

// @ts-ignore: decorator
@inline
function variancesOf(
  sums: usize,
  squares: usize,
  variances: usize,
  energies: usize,
  windows: i32,
  count: f64,
  isFirst: bool,
  isLast: bool,
  share: f64,
  limit: f64,
  isZeroSure: bool,
): i32 {
  const n = f64x2.splat(count);
  const part = f64x2.splat(1 / count);
  const shares = f64x2.splat(share);
  const limits = f64x2.splat(limit);
  const zero = f64x2.splat(0);
  const end = squares + ((<usize>windows) << 3);
  let found = i64x2.splat(0);
  for (; squares < end; squares += 16) {
    const s = v128.load(sums);
    let e = v128.load(squares);
    // exactly 0 where the two products are equal
    let v = f64x2.mul(f64x2.sub(f64x2.mul(n, e), f64x2.mul(s, s)), part);
    if (!isFirst) {
      v = f64x2.add(v, v128.load(variances));
      e = f64x2.add(e, v128.load(energies));
    }
    if (isLast) {
      let low = v128.or(f64x2.lt(v, f64x2.add(f64x2.mul(shares, e), limits)), f64x2.le(v, zero));
      if (isZeroSure) low = v128.andnot(low, f64x2.eq(v, zero));
      // the number behind an odd count is nobody's
      if (squares + 8 == end) low = i64x2.replace_lane(low, 1, 0);
      found = v128.or(found, low);
      v = v128.bitselect(f64x2.splat(-1), v, low);
    } else v128.store(energies, e);
    v128.store(variances, v);
    sums += 16;
    variances += 16;
    energies += 16;
  }
  return v128.any_true(found) ? 1 : 0;
}

/**
 * Adds windows' variances (sums of squares without their mean) and squares; both are written rather than added for the first channel.
 * With the last one variances are marked by -1: those below share · e + limit or not above 0, but 0 stays if that is sure. Rounds up to
 * pairs: a number may be written behind the last one.
 * @returns whether there is a mark
 */
export function addVariances(
  sums: usize,
  squares: usize,
  variances: usize,
  energies: usize,
  windows: i32,
  count: f64,
  isFirst: i32,
  isLast: i32,
  share: f64,
  limit: f64,
  isZeroSure: i32,
): i32 {
  if (isFirst && isLast) {
    if (isZeroSure)
      return variancesOf(sums, squares, variances, energies, windows, count, true, true, share, limit, true);
    return variancesOf(sums, squares, variances, energies, windows, count, true, true, share, limit, false);
  }
  const isSure = isZeroSure != 0;
  const first = isFirst != 0;
  const last = isLast != 0;
  return variancesOf(sums, squares, variances, energies, windows, count, first, last, share, limit, isSure);
}

/** Quotients p / √v cut to -1 … 1; 0 where v is 0, -2 where it is less, and not a number where p is none. */
// @ts-ignore: decorator
@inline
function cut(q: v128, v: v128): v128 {
  const zero = f64x2.splat(0);
  const within = v128.andnot(f64x2.pmax(f64x2.pmin(q, f64x2.splat(1)), f64x2.splat(-1)), f64x2.eq(v, zero));
  return v128.bitselect(f64x2.splat(-2), within, f64x2.lt(v, zero));
}

/**
 * p / √v by a root in float32 and a step of Newton's in float64, which is off by 2e-14 of it at most: four roots and quotients take as
 * long in float32 as one pair in float64.
 */
// @ts-ignore: decorator
@inline
function near(p: v128, v: v128, root: v128): v128 {
  const half = f64x2.mul(f64x2.mul(v, f64x2.splat(0.5)), f64x2.mul(root, root));
  return cut(f64x2.mul(p, f64x2.mul(root, f64x2.sub(f64x2.splat(1.5), half))), v);
}

// @ts-ignore: decorator
@inline
function quotientsOf<P>(products: usize, squares: usize, to: usize, windows: i32): void {
  for (let i = 0; i < windows; i += 4) {
    const isWhole = i + 2 < windows;
    const v0 = v128.load(squares);
    const v1 = isWhole ? v128.load(squares, 16) : v0;
    const v = v128.shuffle<f32>(f32x4.demote_f64x2_zero(v0), f32x4.demote_f64x2_zero(v1), 0, 1, 4, 5);
    const roots = f32x4.div(f32x4.splat(1), f32x4.sqrt(v));
    const q0 = f32x4.demote_f64x2_zero(near(pair<P>(products), v0, f64x2.promote_low_f32x4(roots)));
    v128.store64_lane(to, q0, 0);
    if (isWhole) {
      const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(roots, roots, 2, 3, 2, 3));
      v128.store64_lane(to, f32x4.demote_f64x2_zero(near(pair<P>(products + 2 * sizeof<P>()), v1, high)), 0, 8);
    }
    products += 4 * sizeof<P>();
    squares += 32;
    to += 16;
  }
}

/** Products over the roots of squares, both float64, to float32. Squares above 0 are within float32's range. Rounds up to pairs. */
export function quotients64(products: usize, squares: usize, to: usize, windows: i32): void {
  quotientsOf<f64>(products, squares, to, windows);
}

/** Of products in float32. */
export function quotients32(products: usize, squares: usize, to: usize, windows: i32): void {
  quotientsOf<f32>(products, squares, to, windows);
}

/** To float64, by roots and quotients of float64. */
export function quotientsTo64(products: usize, squares: usize, to: usize, windows: i32): void {
  for (let i = 0; i < windows; i += 2) {
    const v = v128.load(squares);
    v128.store(to, cut(f64x2.div(v128.load(products), f64x2.sqrt(v)), v));
    products += 16;
    squares += 16;
    to += 16;
  }
}
