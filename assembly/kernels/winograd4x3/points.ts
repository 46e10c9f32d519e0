// winograd4x3: the points of F(4x4, 3x3) and F(4, 3), four outputs a side from three taps, and the transform of the kernels.
//
//   output = A^T [ (G kernel G^T) . (B^T input B) ] A            Lavin and Gray, Fast algorithms for convolutional networks, 2015
//
// Interpolation points 0, +-a, +-b and infinity with a = 3/4, b = 3/2: a quarter of the error of 0, +-1, +-2 at the same speed.
// B^T is in winograd4x3spread.ts, A^T in winograd4x3sum.ts.

const A: f64 = 0.75;
const B: f64 = 1.5;
const A2: f64 = A * A;
const B2: f64 = B * B;

/**
 * What B^T and A^T multiply by: a, b, their squares, cubes, and the product and sum of the squares. In memory, and loaded before
 * loops: a v128 constant in a loop takes V8 three instructions each time round, and the transforms 1.25 times as long.
 */
export const FACTORS: usize = memory.data<f32>([
  <f32>A,
  <f32>B,
  <f32>A2,
  <f32>B2,
  <f32>(A2 * A),
  <f32>(B2 * B),
  <f32>(A2 * B2),
  <f32>(A2 + B2),
]);

/** 243 G: for a point p the row [1, p, p^2] / N(p), for infinity [0, 0, 1]; N(0) = a^2 b^2, N(a) = 2 a^2 (a^2 - b^2). */
export const G4x3: usize = memory.data<i16>([
  192, 0, 0, -128, -96, -72, -128, 96, -72, 32, 48, 72, 32, -48, 72, 0, 0, 243,
]);
