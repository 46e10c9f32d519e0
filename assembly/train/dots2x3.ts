// dots2x3: dot products of two neighbouring rows of the gradient with three shifts of the row of the input that both meet, over all
// positions of a run. For kernels with rows of three taps:
//
//   c[0][t] = sum over rows and positions of g[row][position] * x[taps[t] + row + position]             in four lanes each
//   c[1][t] = sum over rows and positions of g[row - 1][position] * x[taps[t] + row + position]
//
// So the second are the sums of the taps one row below, for one row less of the gradient. Five loads are used six times; dots1x3 needs
// eight. With dots1x3 for the third row, nine taps are 1.2 times as fast as by dots1x5 and dots1x4. Three rows of the gradient at a time
// spill in V8 11.3: 0.58.

import { madd } from '../lanes';

/**
 * @param rows as dots2x4 reads them, each the one below the last
 * @param above byte distance from a row of the gradient to the one above
 * @param taps u32[3]
 * @param c f32[2][3][4]
 */
export function dots2x3(
  rows: usize,
  end: usize,
  g: usize,
  above: usize,
  x: usize,
  taps: usize,
  c: usize,
): void {
  const x0 = x + <usize>load<u32>(taps);
  const x1 = x + <usize>load<u32>(taps, 4);
  const x2 = x + <usize>load<u32>(taps, 8);
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  for (; rows < end; rows += 16) {
    const from = <usize>load<u32>(rows, 4);
    let p0 = x0 + from;
    let p1 = x1 + from;
    let p2 = x2 + from;
    let a = g + <usize>load<u32>(rows);
    let b = a - above;
    for (const last = a + <usize>load<u32>(rows, 8); a < last; ) {
      const v0 = v128.load(p0);
      const v1 = v128.load(p1);
      const v2 = v128.load(p2);
      const g0 = v128.load(a);
      c00 = madd(g0, v0, c00);
      c01 = madd(g0, v1, c01);
      c02 = madd(g0, v2, c02);
      const g1 = v128.load(b);
      c10 = madd(g1, v0, c10);
      c11 = madd(g1, v1, c11);
      c12 = madd(g1, v2, c12);
      a += 16;
      b += 16;
      p0 += 16;
      p1 += 16;
      p2 += 16;
    }
    const rest = load<usize>(rows, 12);
    if (rest) {
      const mask = v128.load(rest);
      const v0 = v128.and(v128.load(p0), mask);
      const v1 = v128.and(v128.load(p1), mask);
      const v2 = v128.and(v128.load(p2), mask);
      const g0 = v128.and(v128.load(a), mask);
      c00 = madd(g0, v0, c00);
      c01 = madd(g0, v1, c01);
      c02 = madd(g0, v2, c02);
      const g1 = v128.and(v128.load(b), mask);
      c10 = madd(g1, v0, c10);
      c11 = madd(g1, v1, c11);
      c12 = madd(g1, v2, c12);
    }
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c10, 48);
  v128.store(c, c11, 64);
  v128.store(c, c12, 80);
}
