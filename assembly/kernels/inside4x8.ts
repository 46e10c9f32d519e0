// inside4x8: eight consecutive outputs of four filters, each summed only over the taps that read an existing input.
//
//   c[f][i] = bias[f] + sum over terms of weight[term][f] * b[offset + i]     where first <= w + i < end of the term
//
// Used if weights are not finite: their products with padding must not be added, so products are masked.

/** The lane indices 0 to 3, in memory, because V8 rematerializes a v128 constant in every iteration of a loop. */
const LANES = memory.data<i32>([0, 1, 2, 3], 16);

/** A masked product: zero in lanes that do not count. */
// @ts-ignore: decorator
@inline
function masked(weight: v128, pixels: v128, mask: v128): v128 {
  return v128.and(f32x4.mul(weight, pixels), mask);
}

/** The mask of outputs in the range of a term. */
// @ts-ignore: decorator
@inline
function inRange(outputs: v128, term: usize): v128 {
  const begun = i32x4.ge_s(outputs, v128.load32_splat(term, 8));
  return v128.and(begun, i32x4.lt_s(outputs, v128.load32_splat(term, 12)));
}

/**
 * Computes outputs `w` to `w + 7` of a row.
 * @param terms {offset, weights, first, end}[]: byte offset of the input from `b`, byte offset of the weights f32[4] from `a`, and the
 * range of outputs of the row for which the term counts
 * @param bias f32[4]
 * @param b the input that output `w` reads at offset 0
 * @param c f32[4][8]
 */
export function inside4x8(terms: usize, end: usize, a: usize, w: i32, bias: usize, b: usize, c: usize): void {
  const low = i32x4.add(v128.load(LANES), i32x4.splat(w));
  const high = i32x4.add(v128.load(LANES), i32x4.splat(w + 4));
  let c00 = v128.load32_splat(bias);
  let c10 = v128.load32_splat(bias, 4);
  let c20 = v128.load32_splat(bias, 8);
  let c30 = v128.load32_splat(bias, 12);
  let c01 = c00;
  let c11 = c10;
  let c21 = c20;
  let c31 = c30;
  for (; terms < end; terms += 16) {
    const from = b + load<usize>(terms);
    const weights = a + load<usize>(terms, 4);
    const x0 = v128.load(from);
    const m0 = inRange(low, terms);
    c00 = f32x4.add(c00, masked(v128.load32_splat(weights), x0, m0));
    c10 = f32x4.add(c10, masked(v128.load32_splat(weights, 4), x0, m0));
    c20 = f32x4.add(c20, masked(v128.load32_splat(weights, 8), x0, m0));
    c30 = f32x4.add(c30, masked(v128.load32_splat(weights, 12), x0, m0));
    const x1 = v128.load(from, 16);
    const m1 = inRange(high, terms);
    c01 = f32x4.add(c01, masked(v128.load32_splat(weights), x1, m1));
    c11 = f32x4.add(c11, masked(v128.load32_splat(weights, 4), x1, m1));
    c21 = f32x4.add(c21, masked(v128.load32_splat(weights, 8), x1, m1));
    c31 = f32x4.add(c31, masked(v128.load32_splat(weights, 12), x1, m1));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
}
