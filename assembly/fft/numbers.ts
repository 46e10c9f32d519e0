// What has to be known of numbers before and after a transform.

/** The sum of the squares of `count` numbers, as float64; less than zero if one of them is no integer. NaN where one is none, or infinite. */
export function integerSquares32(at: usize, count: i32): f64 {
  const end = at + ((<usize>count) << 2);
  let sum = f64x2.splat(0);
  let broken = f64x2.splat(0);
  for (; at + 8 <= end; at += 8) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(at));
    broken = v128.or(broken, f64x2.ne(pair, f64x2.nearest(pair)));
    sum = f64x2.add(sum, f64x2.mul(pair, pair));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  let isBroken = v128.any_true(broken);
  if (at < end) {
    const last = <f64>load<f32>(at);
    isBroken = isBroken || last != nearest(last);
    total += last * last;
  }
  return isBroken ? -1 : total;
}

export function integerSquares64(at: usize, count: i32): f64 {
  const end = at + ((<usize>count) << 3);
  let total: f64 = 0;
  let isBroken = false;
  for (; at < end; at += 8) {
    const number = load<f64>(at);
    isBroken = isBroken || number != nearest(number);
    total += number * number;
  }
  return isBroken ? -1 : total;
}

/** Rounds numbers to integers; the sum with zero makes the zero of a small negative number positive, as a sum of integers has it. */
export function round32(at: usize, count: i32): void {
  const end = at + ((<usize>count) << 2);
  for (; at + 16 <= end; at += 16) v128.store(at, f32x4.add(f32x4.nearest(v128.load(at)), f32x4.splat(0)));
  for (; at < end; at += 4) store<f32>(at, nearest(load<f32>(at)) + 0);
}

export function round64(at: usize, count: i32): void {
  const end = at + ((<usize>count) << 3);
  for (; at < end; at += 8) store<f64>(at, nearest(load<f64>(at)) + 0);
}

/** Whether all of `count` numbers are finite. */
export function areFinite32(at: usize, count: i32): boolean {
  return areFinite<f32>(at, count);
}

export function areFinite64(at: usize, count: i32): boolean {
  return areFinite<f64>(at, count);
}

/** Zero times an infinity or NaN is NaN, and stays so. In four chains, as one would wait for its sums. */
export function areFinite<T>(at: usize, count: i32): boolean {
  const end = at + <usize>count * sizeof<T>();
  const zero = v128.splat<T>(0);
  let a = zero;
  let b = zero;
  let c = zero;
  let d = zero;
  for (; at + 64 <= end; at += 64) {
    a = v128.add<T>(a, v128.mul<T>(zero, v128.load(at)));
    b = v128.add<T>(b, v128.mul<T>(zero, v128.load(at, 16)));
    c = v128.add<T>(c, v128.mul<T>(zero, v128.load(at, 32)));
    d = v128.add<T>(d, v128.mul<T>(zero, v128.load(at, 48)));
  }
  for (; at < end; at += sizeof<T>()) a = v128.add<T>(a, v128.mul<T>(zero, v128.load_splat<T>(at)));
  a = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
  return !v128.any_true(v128.ne<T>(a, a));
}
