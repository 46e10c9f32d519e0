// Helpers for vectors of float32 or float64, so that generic loops are written once.

/** Bytes of a vector. */
export const VECTOR: usize = 16;

/** Loads a number into all lanes. */
// @ts-ignore: decorator
@inline
export function splat<T>(address: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(address) : v128.load64_splat(address);
}

/** a b + sum in each lane. The product is the second operand, so it is never fused (see lanes.ts). */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, sum: v128): v128 {
  return v128.add<T>(sum, v128.mul<T>(a, b));
}

/** Stores the first `count` lanes, for `count` below four. */
// @ts-ignore: decorator
@inline
export function storeLanes<T>(address: usize, vector: v128, count: i32): void {
  if (sizeof<T>() == 8) {
    v128.store64_lane(address, vector, 0);
    return;
  }
  if (count > 1) v128.store64_lane(address, vector, 0);
  else v128.store32_lane(address, vector, 0);
  if (count == 3) v128.store32_lane(address, vector, 2, 8);
}

/** Rounds two vectors of float64 to one of float32. */
// @ts-ignore: decorator
@inline
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Loads two consecutive numbers as float64. */
// @ts-ignore: decorator
@inline
export function pair<T>(x: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(x) : f64x2.promote_low_f32x4(v128.load_zero<u64>(x));
}
