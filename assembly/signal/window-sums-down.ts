// Windows down columns, eight columns at a time in four vectors. The last block of columns is moved back, so some columns are computed twice,
// with the same results. window-sums.ts has the layouts.

import { pair } from '../vectors';

/** Two columns. */
// @ts-ignore: decorator
@inline
function down2<T>(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
): void {
  for (let begin = 0; begin < count; begin += length) {
    const middle = x + <usize>(begin + length) * step;
    let row = middle;
    let end = ends + ((<usize>length) << 6);
    let a = f64x2.splat(0);
    while (end > ends) {
      row -= step;
      end -= 64;
      a = f64x2.add(a, pair<T>(row));
      v128.store(end, a);
    }
    row = middle;
    a = f64x2.splat(0);
    const last = ends + ((<usize>min(length, count - begin) - 1) << 6);
    while (true) {
      v128.store(out, f64x2.add(v128.load(end), a));
      out += outStep;
      if (end == last) break;
      a = f64x2.add(a, pair<T>(row));
      row += step;
      end += 64;
    }
  }
}

/** Eight columns. */
// @ts-ignore: decorator
@inline
function down8<T>(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
): void {
  const two = 2 * sizeof<T>();
  const zero = f64x2.splat(0);
  for (let begin = 0; begin < count; begin += length) {
    const middle = x + <usize>(begin + length) * step;
    let row = middle;
    let end = ends + ((<usize>length) << 6);
    let a = zero;
    let b = zero;
    let c = zero;
    let d = zero;
    while (end > ends) {
      row -= step;
      end -= 64;
      a = f64x2.add(a, pair<T>(row));
      b = f64x2.add(b, pair<T>(row + two));
      c = f64x2.add(c, pair<T>(row + 2 * two));
      d = f64x2.add(d, pair<T>(row + 3 * two));
      v128.store(end, a);
      v128.store(end, b, 16);
      v128.store(end, c, 32);
      v128.store(end, d, 48);
    }
    row = middle;
    a = zero;
    b = zero;
    c = zero;
    d = zero;
    const last = ends + ((<usize>min(length, count - begin) - 1) << 6);
    while (true) {
      v128.store(out, f64x2.add(v128.load(end), a));
      v128.store(out, f64x2.add(v128.load(end, 16), b), 16);
      v128.store(out, f64x2.add(v128.load(end, 32), c), 32);
      v128.store(out, f64x2.add(v128.load(end, 48), d), 48);
      out += outStep;
      if (end == last) break;
      a = f64x2.add(a, pair<T>(row));
      b = f64x2.add(b, pair<T>(row + two));
      c = f64x2.add(c, pair<T>(row + 2 * two));
      d = f64x2.add(d, pair<T>(row + 3 * two));
      row += step;
      end += 64;
    }
  }
}

/** Windows down columns, at least two. */
// @ts-ignore: decorator
@inline
export function down<T>(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  columns: i32,
): void {
  const wide = columns < 8 ? 2 : 8;
  for (let column = 0; column < columns; column += wide) {
    const at = <usize>min(column, columns - wide);
    const from = x + at * sizeof<T>();
    const to = out + (at << 3);
    if (wide == 8) down8<T>(from, to, ends, length, count, step, outStep);
    else down2<T>(from, to, ends, length, count, step, outStep);
  }
}
