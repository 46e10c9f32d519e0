// The operation of pooling, max or sum, and its identity. `isMax` is a compile-time constant in all callers.

/** The maximum, which propagates NaN: a lane with all bits set is a NaN. Three instructions, while f32x4.max takes eight on x86. */
// @ts-ignore: decorator
@inline
export function combine(sum: v128, x: v128, isMax: bool): v128 {
  return isMax ? v128.or(f32x4.pmax(sum, x), f32x4.ne(x, x)) : f32x4.add(sum, x);
}

// @ts-ignore: decorator
@inline
export function identity(isMax: bool): v128 {
  return f32x4.splat(isMax ? -Infinity : 0);
}

/** Stores the first `count` lanes of a vector, at least one, and nothing else. */
// @ts-ignore: decorator
@inline
export function storeFirst(to: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, x);
    return;
  }
  if (count >= 2) v128.store_lane<i64>(to, x, 0);
  if (count == 1) v128.store_lane<f32>(to, x, 0);
  else if (count == 3) v128.store_lane<f32>(to, x, 2, 8);
}
