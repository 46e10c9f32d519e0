// dots1x5, dots1x4 and dots1x3: dot products of one row of the gradient with five, four or three shifted rows of the input, over all
// positions of a run; see dots2x4.ts for the formula.
//
// Limited by loads: five taps need six. More taps do not fit: V8 11.3 moves all loads of an iteration to its start, and seven taps would
// need all registers. Two vectors of three taps per iteration, with separate sums, take 0.97 of the time: not worth twice the code.

import { madd } from '../lanes';

/** The common body. `taps` is a compile-time constant. */
// @ts-ignore: decorator
@inline
function dots(taps: i32, rows: usize, end: usize, g: usize, x: usize, table: usize, c: usize): void {
  const x0 = x + <usize>load<u32>(table);
  const x1 = x + <usize>load<u32>(table, 4);
  const x2 = x + <usize>load<u32>(table, 8);
  const x3 = taps > 3 ? x + <usize>load<u32>(table, 12) : 0;
  const x4 = taps > 4 ? x + <usize>load<u32>(table, 16) : 0;
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
      if (taps > 3) {
        c3 = madd(g0, v128.load(p3), c3);
        p3 += 16;
      }
      if (taps > 4) {
        c4 = madd(g0, v128.load(p4), c4);
        p4 += 16;
      }
      a += 16;
      p0 += 16;
      p1 += 16;
      p2 += 16;
    }
    const rest = load<usize>(rows, 12);
    if (rest) {
      const mask = v128.load(rest);
      const g0 = v128.and(v128.load(a), mask);
      c0 = madd(g0, v128.and(v128.load(p0), mask), c0);
      c1 = madd(g0, v128.and(v128.load(p1), mask), c1);
      c2 = madd(g0, v128.and(v128.load(p2), mask), c2);
      if (taps > 3) c3 = madd(g0, v128.and(v128.load(p3), mask), c3);
      if (taps > 4) c4 = madd(g0, v128.and(v128.load(p4), mask), c4);
    }
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  // zeros after the last sum, because sums are added in pairs
  v128.store(c, c3, 48);
  if (taps > 4) {
    v128.store(c, c4, 64);
    v128.store(c, f32x4.splat(0), 80);
  }
}

/**
 * @param rows as dots2x4 reads them
 * @param taps u32[5]
 * @param c f32[6][4], the last vector 0
 */
export function dots1x5(rows: usize, end: usize, g: usize, x: usize, taps: usize, c: usize): void {
  dots(5, rows, end, g, x, taps, c);
}

/**
 * @param taps u32[4]
 * @param c f32[4][4]
 */
export function dots1x4(rows: usize, end: usize, g: usize, x: usize, taps: usize, c: usize): void {
  dots(4, rows, end, g, x, taps, c);
}

/**
 * @param taps u32[3]
 * @param c f32[4][4], the last vector 0
 */
export function dots1x3(rows: usize, end: usize, g: usize, x: usize, taps: usize, c: usize): void {
  dots(3, rows, end, g, x, taps, c);
}
