// A single output: products of vectors, summed across lanes. For few outputs with many taps.

import { madd, VECTOR } from '../vectors';
import { ENTRY } from './groups';

/** An output whose taps are contiguous. */
export function product<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  weights: usize,
  signal: usize,
): T {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let rest: T = 0;
  for (; groups < end; groups += ENTRY) {
    const size = <usize>load<i32>(groups, 4) * sizeof<T>();
    let line = signal + <usize>load<i32>(groups, 8);
    let from = weights + <usize>load<i32>(groups, 12);
    for (let lines = load<i32>(groups); lines > 0; lines--) {
      let p = line;
      let w = from;
      const last = from + size;
      for (; w + 4 * VECTOR <= last; w += 4 * VECTOR) {
        s0 = madd<T>(v128.load(w), v128.load(p), s0);
        s1 = madd<T>(v128.load(w, 16), v128.load(p, 16), s1);
        s2 = madd<T>(v128.load(w, 32), v128.load(p, 32), s2);
        s3 = madd<T>(v128.load(w, 48), v128.load(p, 48), s3);
        p += 4 * VECTOR;
      }
      for (; w + VECTOR <= last; w += VECTOR) {
        s0 = madd<T>(v128.load(w), v128.load(p), s0);
        p += VECTOR;
      }
      for (; w < last; w += sizeof<T>()) {
        rest += load<T>(w) * load<T>(p);
        p += sizeof<T>();
      }
      line += lineStep;
      from += weightStep;
    }
  }
  s0 = v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3));
  let sum = v128.extract_lane<T>(s0, 0) + v128.extract_lane<T>(s0, 1);
  if (sizeof<T>() == 4) sum += v128.extract_lane<T>(s0, 2) + v128.extract_lane<T>(s0, 3);
  return sum + rest;
}
