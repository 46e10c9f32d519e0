// winograd3x2/points: the points of F(3x3, 2x2), three outputs per axis from two taps, and the
// weights' transform G.
//
//   output = A^T [ (G kernel G^T) . (B^T input B) ] A
//
// Lavin and Gray, Fast algorithms for convolutional networks, 2015.
//
// Three outputs of two taps take 3 + 2 - 1 = 4 products: polynomials at the four points 0, 1, -1 and infinity.
// B^T is in input.ts, A^T in output.ts.

/** Elements of a transformed tile along one axis. */
export const SIDE: usize = 4;

/** Bytes of one element of four tiles, and of a row of them. */
export const VECTOR: usize = 16;
export const ROW: usize = SIDE * VECTOR;

/** This times G has integer elements. */
export const WHOLE3x2: f64 = 2;

/**
 * 2 G, f64[4][3] with a third column of zeros, so that it has the rows of winograd4x3/points.ts. A row evaluates a kernel g0 + g1 p at a
 * point p: [1, p] / N(p), and at infinity g1. N(0) is 1, N(1) and N(-1) are 2.
 */
// biome-ignore format: a matrix
export const G3x2: usize = memory.data<f64>([
  2, 0, 0,
  1, 1, 0,
  1, -1, 0,
  0, 2, 0,
]);
