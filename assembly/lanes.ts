// Four lanes: the multiply-add of all sums, and the clamp.

/**
 * a b + sum in each of the four lanes. A sum whose first operand is a product is what src/engine/relaxed-simd.ts
 * makes one instruction of, where the engine has relaxed SIMD; it is rounded once, where the processor has such
 * an instruction. Else the product is rounded, then the sum, and all machines give the same bits. Where a product
 * must be rounded everywhere, it is written as the second operand.
 */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, sum: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), sum);
}

/**
 * a b + sum, the product rounded in every variant. For four sums or fewer: each waits for the one before it, and that takes longer for one
 * instruction of three operands than for an addition.
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
