// Tests and rounding of numbers before and after a transform.

import { pair } from '../vectors';

/** The sum of the squares of `count` numbers, float32 or float64, as float64; Infinity if one of them is not an integer. */
export function integerSquares(at: usize, count: i32, isSingle: bool): f64 {
  return isSingle ? squaresOf<f32>(at, count) : squaresOf<f64>(at, count);
}

// @ts-ignore: decorator
@inline
function squaresOf<T>(at: usize, count: i32): f64 {
  const end = at + <usize>count * sizeof<T>();
  let sum = f64x2.splat(0);
  let broken = f64x2.splat(0);
  for (; at + 2 * sizeof<T>() <= end; at += 2 * sizeof<T>()) {
    const numbers = pair<T>(at);
    broken = v128.or(broken, f64x2.ne(numbers, f64x2.nearest(numbers)));
    sum = f64x2.add(sum, f64x2.mul(numbers, numbers));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  let isBroken = v128.any_true(broken);
  if (at < end) {
    const last = <f64>load<T>(at);
    isBroken = isBroken || last != nearest(last);
    total += last * last;
  }
  return isBroken ? Infinity : total;
}

/** Rounds numbers to integers; the sum with zero makes the zero of a small negative number positive, as a sum of integers has it. */
export function round(at: usize, count: i32, isSingle: bool): void {
  if (isSingle) roundAll<f32>(at, count);
  else roundAll<f64>(at, count);
}

// @ts-ignore: decorator
@inline
function roundAll<T>(at: usize, count: i32): void {
  const end = at + <usize>count * sizeof<T>();
  const zero = v128.splat<T>(0);
  for (; at + 16 <= end; at += 16) v128.store(at, v128.add<T>(v128.nearest<T>(v128.load(at)), zero));
  for (; at < end; at += sizeof<T>()) store<T>(at, <T>(nearest<T>(load<T>(at)) + <T>0));
}

/** Whether all of `count` numbers are finite, and their sum: a sum of large numbers that overflows counts as a number that is not finite. */
export function areFinite(at: usize, count: i32, isSingle: bool): boolean {
  return isSingle ? areFiniteIn<f32>(at, count) : areFiniteIn<f64>(at, count);
}

/** Infinity and NaN propagate in a sum. Four independent sums hide the latency of additions. */
function areFiniteIn<T>(at: usize, count: i32): boolean {
  const end = at + <usize>count * sizeof<T>();
  const zero = v128.splat<T>(0);
  let a = zero;
  let b = zero;
  let c = zero;
  let d = zero;
  for (; at + 64 <= end; at += 64) {
    a = v128.add<T>(a, v128.load(at));
    b = v128.add<T>(b, v128.load(at, 16));
    c = v128.add<T>(c, v128.load(at, 32));
    d = v128.add<T>(d, v128.load(at, 48));
  }
  let total = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
  for (; at < end; at += sizeof<T>()) total = v128.add<T>(total, v128.load_splat<T>(at));
  return !v128.any_true(v128.ne<T>(v128.sub<T>(total, total), zero));
}
