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

/** The row of G that belongs to an interpolation point, in double precision, [1, p, p^2] / N(p): its coefficient for a power. */
export function coefficient4x3(row: i32, power: i32): f64 {
  if (row == 5) return power == 2 ? 1 : 0;
  const point = row == 0 ? 0 : row == 1 ? A : row == 2 ? -A : row == 3 ? B : -B;
  const norm = row == 0 ? A2 * B2 : row < 3 ? 2 * A2 * (A2 - B2) : 2 * B2 * (B2 - A2);
  return (power == 0 ? 1.0 : power == 1 ? point : point * point) / norm;
}

/** G along one axis: three values to six, `step` bytes apart. */
export function spreadKernel4x3(g0: f64, g1: f64, g2: f64, to: usize, step: usize): void {
  store<f32>(to, <f32>(g0 / (A2 * B2)));
  to += step;
  let even = (g0 + A2 * g2) / (2 * A2 * (A2 - B2));
  let odd = (A * g1) / (2 * A2 * (A2 - B2));
  store<f32>(to, <f32>(even + odd));
  to += step;
  store<f32>(to, <f32>(even - odd));
  to += step;
  even = (g0 + B2 * g2) / (2 * B2 * (B2 - A2));
  odd = (B * g1) / (2 * B2 * (B2 - A2));
  store<f32>(to, <f32>(even + odd));
  to += step;
  store<f32>(to, <f32>(even - odd));
  store<f32>(to + step, <f32>g2);
}
