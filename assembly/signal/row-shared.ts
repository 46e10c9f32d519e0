// Blocks of a row in which each loaded vector serves two taps that are a vector apart: more products per load.
//
// The vector at distance t is used by tap t for output vector i, and by the tap one vector later for output vector i - 1.

import { madd, splat, VECTOR } from '../vectors';
import { ENTRY } from './groups';

/** Five vectors, for contiguous taps. */
export function shared5<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  for (; groups < end; groups += ENTRY) {
    const size = <usize>load<i32>(groups, 4) * sizeof<T>();
    let line = signal + <usize>load<i32>(groups, 8);
    let from = weights + <usize>load<i32>(groups, 12);
    for (let lines = load<i32>(groups); lines > 0; lines--) {
      let p = line;
      let w = from;
      const last = from + size;
      while (w + 2 * VECTOR <= last) {
        const stop = w + VECTOR;
        for (; w < stop; w += sizeof<T>(), p += sizeof<T>()) {
          const near = splat<T>(w);
          const far = splat<T>(w + VECTOR);
          const x0 = v128.load(p);
          const x1 = v128.load(p, 16);
          s0 = madd<T>(far, x1, madd<T>(near, x0, s0));
          const x2 = v128.load(p, 32);
          s1 = madd<T>(far, x2, madd<T>(near, x1, s1));
          const x3 = v128.load(p, 48);
          s2 = madd<T>(far, x3, madd<T>(near, x2, s2));
          const x4 = v128.load(p, 64);
          s3 = madd<T>(far, x4, madd<T>(near, x3, s3));
          const x5 = v128.load(p, 80);
          s4 = madd<T>(far, x5, madd<T>(near, x4, s4));
        }
        w += VECTOR;
        p += VECTOR;
      }
      for (; w < last; w += sizeof<T>(), p += sizeof<T>()) {
        const weight = splat<T>(w);
        s0 = madd<T>(weight, v128.load(p), s0);
        s1 = madd<T>(weight, v128.load(p, 16), s1);
        s2 = madd<T>(weight, v128.load(p, 32), s2);
        s3 = madd<T>(weight, v128.load(p, 48), s3);
        s4 = madd<T>(weight, v128.load(p, 64), s4);
      }
      line += lineStep;
      from += weightStep;
    }
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
}
