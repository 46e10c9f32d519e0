// Blocks of a row: several vectors of outputs with all of their taps. The sums stay in registers. rows.ts has the layout of the tables.

import { madd, splat, storeLanes, VECTOR } from '../vectors';
import { ENTRY } from './groups';

/** Six vectors: seven more registers hold loaded values, and the sums stay in registers. With eight vectors they would not. */
export function alone6<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  for (; groups < end; groups += ENTRY) {
    const size = <usize>load<i32>(groups, 4) * sizeof<T>();
    let line = signal + <usize>load<i32>(groups, 8);
    let from = weights + <usize>load<i32>(groups, 12);
    for (let lines = load<i32>(groups); lines > 0; lines--) {
      let p = line;
      const last = from + size;
      for (let w = from; w < last; w += sizeof<T>()) {
        const weight = splat<T>(w);
        s0 = madd<T>(weight, v128.load(p), s0);
        s1 = madd<T>(weight, v128.load(p, 16), s1);
        s2 = madd<T>(weight, v128.load(p, 32), s2);
        s3 = madd<T>(weight, v128.load(p, 48), s3);
        s4 = madd<T>(weight, v128.load(p, 64), s4);
        s5 = madd<T>(weight, v128.load(p, 80), s5);
        p += tapStep;
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
  v128.store(out, s5, 80);
}

/** Four vectors. */
export function alone4<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; groups < end; groups += ENTRY) {
    const size = <usize>load<i32>(groups, 4) * sizeof<T>();
    let line = signal + <usize>load<i32>(groups, 8);
    let from = weights + <usize>load<i32>(groups, 12);
    for (let lines = load<i32>(groups); lines > 0; lines--) {
      let p = line;
      const last = from + size;
      for (let w = from; w < last; w += sizeof<T>()) {
        const weight = splat<T>(w);
        s0 = madd<T>(weight, v128.load(p), s0);
        s1 = madd<T>(weight, v128.load(p, 16), s1);
        s2 = madd<T>(weight, v128.load(p, 32), s2);
        s3 = madd<T>(weight, v128.load(p, 48), s3);
        p += tapStep;
      }
      line += lineStep;
      from += weightStep;
    }
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

/** Two vectors. */
export function alone2<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  for (; groups < end; groups += ENTRY) {
    const size = <usize>load<i32>(groups, 4) * sizeof<T>();
    let line = signal + <usize>load<i32>(groups, 8);
    let from = weights + <usize>load<i32>(groups, 12);
    for (let lines = load<i32>(groups); lines > 0; lines--) {
      let p = line;
      const last = from + size;
      for (let w = from; w < last; w += sizeof<T>()) {
        const weight = splat<T>(w);
        s0 = madd<T>(weight, v128.load(p), s0);
        s1 = madd<T>(weight, v128.load(p, 16), s1);
        p += tapStep;
      }
      line += lineStep;
      from += weightStep;
    }
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
}

/** One vector, of which `bytes` bytes are stored. */
export function alone1<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  bytes: usize,
): void {
  let s0 = i64x2.splat(0);
  for (; groups < end; groups += ENTRY) {
    const size = <usize>load<i32>(groups, 4) * sizeof<T>();
    let line = signal + <usize>load<i32>(groups, 8);
    let from = weights + <usize>load<i32>(groups, 12);
    for (let lines = load<i32>(groups); lines > 0; lines--) {
      let p = line;
      const last = from + size;
      for (let w = from; w < last; w += sizeof<T>()) {
        s0 = madd<T>(splat<T>(w), v128.load(p), s0);
        p += tapStep;
      }
      line += lineStep;
      from += weightStep;
    }
  }
  if (bytes >= VECTOR) v128.store(out, s0);
  else storeLanes<T>(out, s0, <i32>(bytes / sizeof<T>()));
}
