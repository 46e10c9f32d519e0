// The only file that knows which multiply-add the module is built with.

/**
 * a b + sum in each of the four lanes. In a module with relaxed SIMD it may be rounded once, where the
 * processor has such an instruction; else the product is rounded, then the sum, and all machines give the
 * same bits.
 */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}
