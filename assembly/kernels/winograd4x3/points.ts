// winograd4x3/points: the points of F(4x4, 3x3) and F(4, 3), four outputs per axis from three taps, and the
// weights' transform G.
//
//   output = A^T [ (G kernel G^T) . (B^T input B) ] A
//
// Lavin and Gray, Fast algorithms for convolutional networks, 2015.
//
// Four outputs of three taps take 4 + 3 - 1 = 6 products: polynomials at the six points 0, a, -a, b, -b and
// infinity, with a = 3/4 and b = 3/2. B^T is in input.ts, A^T in output.ts.
// Not taken: the points 0, 1, -1, 2, -2 and infinity, with four times the error at the same speed.

/** Elements of a transformed tile along one axis. */
export const SIDE: usize = 6;

/** Bytes of one element of four tiles, and of a row of them. */
export const VECTOR: usize = 16;
export const ROW: usize = SIDE * VECTOR;

const A: f64 = 0.75;
const B: f64 = 1.5;
const A2: f64 = A * A;
const B2: f64 = B * B;

/** The constants of B^T and A^T. */
export enum Factor {
  A,
  B,
  A2,
  B2,
  A3,
  B3,
  PRODUCT, // a^2 b^2
  SUM, // a^2 + b^2
}

/** f32[8], in the order of Factor. */
const factors: usize = memory.data<f32>([
  <f32>A,
  <f32>B,
  <f32>A2,
  <f32>B2,
  <f32>(A2 * A),
  <f32>(B2 * B),
  <f32>(A2 * B2),
  <f32>(A2 + B2),
]);

/**
 * A factor in all lanes, loaded from memory before a loop. V8 rematerializes a v128 constant in a loop with three
 * instructions per iteration, and the transforms then take 1.25 times as long.
 */
// @ts-ignore: decorator
@inline
export function splat(factor: Factor): v128 {
  return v128.load32_splat(factors + ((<usize>factor) << 2));
}

/** This times G has integer elements. */
export const WHOLE4x3: f64 = 243;

/** The divisor of a row of G: the product of a point's distances from the other four. */
const N0: f64 = A2 * B2;
const NA: f64 = 2 * A2 * (A2 - B2);
const NB: f64 = 2 * B2 * (B2 - A2);

/**
 * 243 G, f64[6][3]. A row evaluates a kernel g0 + g1 p + g2 p^2 at a point p: [1, p, p^2] / N(p), and at
 * infinity g2.
 *
 * Integers, so that products with integer weights are exact and terms that cancel give zero.
 * Not taken: computing the elements from point and power, which packs weights 1.7 times as slowly.
 */
// biome-ignore format: a matrix
export const G4x3: usize = memory.data<f64>([
  WHOLE4x3 / N0, 0, 0,
  WHOLE4x3 / NA, WHOLE4x3 * A / NA, WHOLE4x3 * A2 / NA,
  WHOLE4x3 / NA, -WHOLE4x3 * A / NA, WHOLE4x3 * A2 / NA,
  WHOLE4x3 / NB, WHOLE4x3 * B / NB, WHOLE4x3 * B2 / NB,
  WHOLE4x3 / NB, -WHOLE4x3 * B / NB, WHOLE4x3 * B2 / NB,
  0, 0, WHOLE4x3,
]);
