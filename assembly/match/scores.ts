// Passes over an image, and over its windows, that window norms need, in float64.
//
//   rangeAndSums     minimum, maximum, Σ(x − first), Σ(x − first)², whether all numbers are integers
//   addVariances     (n Σx² − (Σx)²) / n and Σx² of each window, summed over channels; with the last channel, marks those that are not
//                    accurate enough
//
// The quotients of products and these norms are in quotients.ts.
//
// rangeAndSums processes four numbers at a time and the last ones alone, addVariances pairs of windows: a result past the last is unused.

import { pair } from '../vectors';

// @ts-ignore: decorator
@inline
function rangeAndSums<T>(x: usize, count: i32, first: f64, to: usize): void {
  const origin = f64x2.splat(first);
  let low = v128.splat<T>(<T>Infinity);
  let high = v128.splat<T>(-(<T>Infinity));
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let squares0 = f64x2.splat(0);
  let squares1 = f64x2.splat(0);
  let broken = i64x2.splat(0);
  const end = x + <usize>(count & ~3) * sizeof<T>();
  for (; x < end; x += 4 * sizeof<T>()) {
    const v = v128.load(x);
    // one instruction each, while min and max take eight; a NaN is detected by the sums. Integers are those that floor leaves as they are:
    // compared by bits, because additions, comparisons and conversions wait for the same units
    low = v128.pmin<T>(low, v);
    high = v128.pmax<T>(high, v);
    broken = v128.or(broken, v128.xor(v, v128.floor<T>(v)));
    if (sizeof<T>() == 8) {
      const w = v128.load(x, 16);
      low = v128.pmin<T>(low, w);
      high = v128.pmax<T>(high, w);
      broken = v128.or(broken, v128.xor(w, v128.floor<T>(w)));
    }
    const da = f64x2.sub(pair<T>(x), origin);
    const db = f64x2.sub(pair<T>(x + 2 * sizeof<T>()), origin);
    sum0 = f64x2.add(sum0, da);
    sum1 = f64x2.add(sum1, db);
    squares0 = f64x2.add(squares0, f64x2.mul(da, da));
    squares1 = f64x2.add(squares1, f64x2.mul(db, db));
  }
  sum0 = f64x2.add(sum0, sum1);
  squares0 = f64x2.add(squares0, squares1);
  let lowest = min(<f64>v128.extract_lane<T>(low, 0), <f64>v128.extract_lane<T>(low, 1));
  let highest = max(<f64>v128.extract_lane<T>(high, 0), <f64>v128.extract_lane<T>(high, 1));
  if (sizeof<T>() == 4) {
    lowest = min(lowest, min(<f64>f32x4.extract_lane(low, 2), <f64>f32x4.extract_lane(low, 3)));
    highest = max(highest, max(<f64>f32x4.extract_lane(high, 2), <f64>f32x4.extract_lane(high, 3)));
  }
  let sum = f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
  let squares = f64x2.extract_lane(squares0, 0) + f64x2.extract_lane(squares0, 1);
  let isWhole = !v128.any_true(broken);
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

/** Float32 input. Writes five numbers. If an x is not finite, neither is the sum. */
export function rangeAndSums32(x: usize, count: i32, first: f64, to: usize): void {
  rangeAndSums<f32>(x, count, first, to);
}

/** Float64 input. */
export function rangeAndSums64(x: usize, count: i32, first: f64, to: usize): void {
  rangeAndSums<f64>(x, count, first, to);
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
    // exactly 0 if the two products are equal
    let v = f64x2.mul(f64x2.sub(f64x2.mul(n, e), f64x2.mul(s, s)), part);
    if (!isFirst) {
      v = f64x2.add(v, v128.load(variances));
      e = f64x2.add(e, v128.load(energies));
    }
    if (isLast) {
      let low = v128.or(f64x2.lt(v, f64x2.add(f64x2.mul(shares, e), limits)), f64x2.le(v, zero));
      if (isZeroSure) low = v128.andnot(low, f64x2.eq(v, zero));
      // the second number of the last pair may be unused
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
 * Adds the variances (sums of squares minus the mean) and the squares of windows; for the first channel, writes them. With the last channel,
 * replaces variances that are not positive or below share · e + limit by -1, except a 0 if it is exact. Rounds up to pairs, so one number
 * past the end may be written.
 * @returns whether some are -1
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
  const isSure = isZeroSure != 0;
  const first = isFirst != 0;
  const last = isLast != 0;
  return variancesOf(sums, squares, variances, energies, windows, count, first, last, share, limit, isSure);
}
