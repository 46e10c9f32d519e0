// Combines the rows of a window to one row, column by column.

import { combine, identity } from './combine';

/**
 * Combines `depths` times `rows` rows of `columns` elements to the one at `to`. Reads and writes up to three more elements, which the
 * caller overwrites.
 */
// @ts-ignore: decorator
@inline
export function combineRows(
  isMax: bool,
  from: usize,
  depths: i32,
  depthStep: i32,
  rows: i32,
  rowStep: i32,
  columns: i32,
  to: usize,
): void {
  let left = columns;
  // sixteen columns at a time, to amortize the loop over rows
  for (; left > 12; left -= 16) {
    let a = identity(isMax);
    let b = a;
    let c = a;
    let d = a;
    for (let z = 0; z < depths; z++) {
      let at = from + <usize>(z * depthStep);
      for (let y = rows; y > 0; y--) {
        a = combine(a, v128.load(at), isMax);
        b = combine(b, v128.load(at, 16), isMax);
        c = combine(c, v128.load(at, 32), isMax);
        d = combine(d, v128.load(at, 48), isMax);
        at += <usize>rowStep;
      }
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    from += 64;
    to += 64;
  }
  for (; left > 0; left -= 4) {
    let a = identity(isMax);
    for (let z = 0; z < depths; z++) {
      let at = from + <usize>(z * depthStep);
      for (let y = rows; y > 0; y--) {
        a = combine(a, v128.load(at), isMax);
        at += <usize>rowStep;
      }
    }
    v128.store(to, a);
    from += 16;
    to += 16;
  }
}

/** Writes the identity of the operation `count` times, and up to three more times. */
// @ts-ignore: decorator
@inline
export function pad(isMax: bool, to: usize, count: i32): void {
  const nothing = identity(isMax);
  for (const end = to + ((<usize>count) << 2); to < end; to += 16) v128.store(to, nothing);
}
