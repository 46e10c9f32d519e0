// Float32 vectors: the multiply-add of all sums, the clamp, and a vector gathered from four addresses.

/**
 * a b + sum in each lane. src/engine/relaxed-simd.ts replaces a sum whose first operand is a product by relaxed_madd, if the engine
 * supports relaxed SIMD; it is rounded once if the processor has FMA. Without it, product and sum are rounded separately, and the result
 * is the same on all machines. To prevent fusion, write the product as the second operand.
 */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, sum: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), sum);
}

/**
 * a b + sum, never fused. For at most four independent sums, which are bound by the latency of the dependent operation: an addition has a
 * lower latency than an FMA.
 */
// @ts-ignore: decorator
@inline
export function maddApart(a: v128, b: v128, sum: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** min(max(x, least), most); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), most);
}

/** The numbers at four addresses, one per lane. */
// @ts-ignore: decorator
@inline
export function gather(p0: usize, p1: usize, p2: usize, p3: usize): v128 {
  return v128.load32_lane(p3, v128.load32_lane(p2, v128.load32_lane(p1, v128.load32_zero(p0), 1), 2), 3);
}
