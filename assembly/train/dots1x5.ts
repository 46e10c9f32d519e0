// dots1x5: one row of a gradient times five shifted rows of an input, along all positions of a run; dots2x4.ts has the formula.

import { madd } from '../lanes';

/**
 * @param rows as dots2x4 reads them
 * @param taps u32[5]
 * @param c f32[6][4]; the last vector is set to zeros, so that sums can be added two by two
 */
export function dots1x5(rows: usize, end: usize, g: usize, x: usize, taps: usize, c: usize): void {
  const x0 = x + <usize>load<u32>(taps);
  const x1 = x + <usize>load<u32>(taps, 4);
  const x2 = x + <usize>load<u32>(taps, 8);
  const x3 = x + <usize>load<u32>(taps, 12);
  const x4 = x + <usize>load<u32>(taps, 16);
  let c0 = f32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  for (; rows < end; rows += 16) {
    const from = <usize>load<u32>(rows, 4);
    let p0 = x0 + from;
    let p1 = x1 + from;
    let p2 = x2 + from;
    let p3 = x3 + from;
    let p4 = x4 + from;
    let a = g + <usize>load<u32>(rows);
    for (const last = a + <usize>load<u32>(rows, 8); a < last; ) {
      const g0 = v128.load(a);
      c0 = madd(g0, v128.load(p0), c0);
      c1 = madd(g0, v128.load(p1), c1);
      c2 = madd(g0, v128.load(p2), c2);
      c3 = madd(g0, v128.load(p3), c3);
      c4 = madd(g0, v128.load(p4), c4);
      a += 16;
      p0 += 16;
      p1 += 16;
      p2 += 16;
      p3 += 16;
      p4 += 16;
    }
    const rest = load<usize>(rows, 12);
    if (rest) {
      const mask = v128.load(rest);
      const g0 = v128.and(v128.load(a), mask);
      c0 = madd(g0, v128.and(v128.load(p0), mask), c0);
      c1 = madd(g0, v128.and(v128.load(p1), mask), c1);
      c2 = madd(g0, v128.and(v128.load(p2), mask), c2);
      c3 = madd(g0, v128.and(v128.load(p3), mask), c3);
      c4 = madd(g0, v128.and(v128.load(p4), mask), c4);
    }
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, f32x4.splat(0), 80);
}
