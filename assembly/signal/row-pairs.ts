// Blocks of two rows at a time, which share loaded values.
//
// Line i of a group is multiplied by line i of the weights for the first row, and by line i - 1 for the second row, whose last line follows
// the last line of the group.

import { madd, splat } from '../vectors';
import { ENTRY } from './groups';

/** Four vectors of each row. */
export function pair4<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  second: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (; groups < end; groups += ENTRY) {
    const size = <usize>load<i32>(groups, 4) * sizeof<T>();
    let line = signal + <usize>load<i32>(groups, 8);
    let from = weights + <usize>load<i32>(groups, 12);
    let last = from + size;
    let p = line;
    for (let w = from; w < last; w += sizeof<T>()) {
      const weight = splat<T>(w);
      s0 = madd<T>(weight, v128.load(p), s0);
      s1 = madd<T>(weight, v128.load(p, 16), s1);
      s2 = madd<T>(weight, v128.load(p, 32), s2);
      s3 = madd<T>(weight, v128.load(p, 48), s3);
      p += tapStep;
    }
    for (let lines = load<i32>(groups); lines > 1; lines--) {
      line += lineStep;
      p = line;
      let w = from + weightStep;
      last = w + size;
      for (; w < last; w += sizeof<T>()) {
        const weight = splat<T>(w);
        const before = splat<T>(w - weightStep);
        const x0 = v128.load(p);
        s0 = madd<T>(weight, x0, s0);
        s4 = madd<T>(before, x0, s4);
        const x1 = v128.load(p, 16);
        s1 = madd<T>(weight, x1, s1);
        s5 = madd<T>(before, x1, s5);
        const x2 = v128.load(p, 32);
        s2 = madd<T>(weight, x2, s2);
        s6 = madd<T>(before, x2, s6);
        const x3 = v128.load(p, 48);
        s3 = madd<T>(weight, x3, s3);
        s7 = madd<T>(before, x3, s7);
        p += tapStep;
      }
      from += weightStep;
    }
    p = line + lineStep;
    last = from + size;
    for (let w = from; w < last; w += sizeof<T>()) {
      const weight = splat<T>(w);
      s4 = madd<T>(weight, v128.load(p), s4);
      s5 = madd<T>(weight, v128.load(p, 16), s5);
      s6 = madd<T>(weight, v128.load(p, 32), s6);
      s7 = madd<T>(weight, v128.load(p, 48), s7);
      p += tapStep;
    }
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(second, s4);
  v128.store(second, s5, 16);
  v128.store(second, s6, 32);
  v128.store(second, s7, 48);
}
