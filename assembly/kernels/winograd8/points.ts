// winograd8/points: eight points along one axis, F(6, 3), F(5, 4) and F(4, 5), and the weights' transform G. All three have the same
// transform of inputs, which depends on the points alone.
//
//   output = A^T [ (G kernel) . (B^T input) ]
//
// Six outputs of three taps, five of four, and four of five each take eight products: polynomials at the eight points 0, 1/2, -1/2, 1, -1,
// 2, -2 and infinity. B^T is in input.ts, A^T in output.ts.
// The error was simulated in float32 for 416 sets of points. The sets with the smallest error, such as 0, ±9/16, ±1, ±13/8, need twice
// the multiplications to transform inputs. The error of these points is about the same if sums are divided into shorter parts.

/** Elements of a transformed tile. */
export const POINTS: usize = 8;

/** The constants of B^T. */
export enum Factor {
  QUARTER,
  HALF,
  FIVE_QUARTERS,
  FIVE_HALVES,
  FOUR,
  MIDDLE, // 1/4 + 4
  SUM, // 1/4 + 1 + 4
}

/** f32[7], in the order of Factor. */
const factors: usize = memory.data<f32>([0.25, 0.5, 1.25, 2.5, 4, 4.25, 5.25]);

/** A factor in all lanes, loaded from memory for the reason in winograd4x3/points.ts. */
// @ts-ignore: decorator
@inline
export function splat(factor: Factor): v128 {
  return v128.load32_splat(factors + ((<usize>factor) << 2));
}

/** This times G has integer elements. */
export const WHOLE8: f64 = 90;

/** Bytes of a row of G. */
export const G8_ROW: usize = 5 * 8;

/**
 * 90 G, f64[7][5]. A row evaluates a kernel g0 + g1 p + g2 p^2 + ... at a point p: [1, p, p^2, ...] / N(p), where N(p) is the product
 * of its distances from the other six. At infinity the kernel is its last tap.
 */
// biome-ignore format: a matrix
export const G8: usize = memory.data<f64>([
  -90, 0, 0, 0, 0,
  64, 32, 16, 8, 4,
  64, -32, 16, -8, 4,
  -20, -20, -20, -20, -20,
  -20, 20, -20, 20, -20,
  1, 2, 4, 8, 16,
  1, -2, 4, -8, 16,
]);
