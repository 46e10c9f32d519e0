// dots2x4: dot products of two rows of the gradient with four shifted rows of the input, over all positions of a run.
//
//   c[f][t] = sum over rows and positions of g[f][row][position] * x[taps[t] + row + position]         in four lanes each
//
// Both are read in place. Up to three positions remain after the last whole vector of a row: there both factors are masked, because
// elements after a row may be infinite.

import { madd } from '../lanes';

/**
 * @param rows {gradient, input, bytes of whole vectors, mask of the rest or 0}[], up to `end`
 * @param next byte distance from a row of the gradient to that of the second filter
 * @param taps u32[4]
 * @param c f32[2][4][4]
 */
export function dots2x4(
  rows: usize,
  end: usize,
  g: usize,
  next: usize,
  x: usize,
  taps: usize,
  c: usize,
): void {
  const x0 = x + <usize>load<u32>(taps);
  const x1 = x + <usize>load<u32>(taps, 4);
  const x2 = x + <usize>load<u32>(taps, 8);
  const x3 = x + <usize>load<u32>(taps, 12);
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  for (; rows < end; rows += 16) {
    const from = <usize>load<u32>(rows, 4);
    let p0 = x0 + from;
    let p1 = x1 + from;
    let p2 = x2 + from;
    let p3 = x3 + from;
    let a = g + <usize>load<u32>(rows);
    let b = a + next;
    for (const last = a + <usize>load<u32>(rows, 8); a < last; ) {
      const g0 = v128.load(a);
      const g1 = v128.load(b);
      const v0 = v128.load(p0);
      c00 = madd(g0, v0, c00);
      c10 = madd(g1, v0, c10);
      const v1 = v128.load(p1);
      c01 = madd(g0, v1, c01);
      c11 = madd(g1, v1, c11);
      const v2 = v128.load(p2);
      c02 = madd(g0, v2, c02);
      c12 = madd(g1, v2, c12);
      const v3 = v128.load(p3);
      c03 = madd(g0, v3, c03);
      c13 = madd(g1, v3, c13);
      a += 16;
      b += 16;
      p0 += 16;
      p1 += 16;
      p2 += 16;
      p3 += 16;
    }
    const rest = load<usize>(rows, 12);
    if (rest) {
      const mask = v128.load(rest);
      const g0 = v128.and(v128.load(a), mask);
      const g1 = v128.and(v128.load(b), mask);
      const v0 = v128.and(v128.load(p0), mask);
      c00 = madd(g0, v0, c00);
      c10 = madd(g1, v0, c10);
      const v1 = v128.and(v128.load(p1), mask);
      c01 = madd(g0, v1, c01);
      c11 = madd(g1, v1, c11);
      const v2 = v128.and(v128.load(p2), mask);
      c02 = madd(g0, v2, c02);
      c12 = madd(g1, v2, c12);
      const v3 = v128.and(v128.load(p3), mask);
      c03 = madd(g0, v3, c03);
      c13 = madd(g1, v3, c13);
    }
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(c, c10, 64);
  v128.store(c, c11, 80);
  v128.store(c, c12, 96);
  v128.store(c, c13, 112);
}
