// windowMomentsDown: sums and sums of squares of all windows down columns, in one pass over the original image.
//
//   d          (x − origin) · scale
//   sums[o]    Σ d[o + i]       i from 0 to length - 1, o from 0 to count - 1
//   squares[o] Σ d[o + i]²
//
// The segments, and therefore the roundings, are those of windowSumsDown (window-sums.ts). d and its square are computed twice and not stored.
//
//   x              f32, count + length - 1 rows `step` bytes apart; a vector behind the last number may be read
//   sums, squares  f64, rows `outStep` bytes apart
//   ends           f64[length][16]      sums and squares of the segment's suffixes, for eight columns

import { pair } from '../vectors';

/** d of two adjacent numbers. */
// @ts-ignore: decorator
@inline
function shifted(x: usize, origin: v128, scale: v128): v128 {
  return f64x2.mul(f64x2.sub(pair<f32>(x), origin), scale);
}

/** Eight columns. */
// @ts-ignore: decorator
@inline
function moments8(
  x: usize,
  sums: usize,
  squares: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  origin: v128,
  scale: v128,
): void {
  const two = 8;
  const zero = f64x2.splat(0);
  for (let begin = 0; begin < count; begin += length) {
    const middle = x + <usize>(begin + length) * step;
    let row = middle;
    let end = ends + ((<usize>length) << 7);
    let a = zero;
    let b = zero;
    let c = zero;
    let d = zero;
    let aa = zero;
    let bb = zero;
    let cc = zero;
    let dd = zero;
    while (end > ends) {
      row -= step;
      end -= 128;
      const p = shifted(row, origin, scale);
      a = f64x2.add(a, p);
      v128.store(end, a);
      aa = f64x2.add(aa, f64x2.mul(p, p));
      v128.store(end, aa, 64);
      const q = shifted(row + two, origin, scale);
      b = f64x2.add(b, q);
      v128.store(end, b, 16);
      bb = f64x2.add(bb, f64x2.mul(q, q));
      v128.store(end, bb, 80);
      const r = shifted(row + 2 * two, origin, scale);
      c = f64x2.add(c, r);
      v128.store(end, c, 32);
      cc = f64x2.add(cc, f64x2.mul(r, r));
      v128.store(end, cc, 96);
      const t = shifted(row + 3 * two, origin, scale);
      d = f64x2.add(d, t);
      v128.store(end, d, 48);
      dd = f64x2.add(dd, f64x2.mul(t, t));
      v128.store(end, dd, 112);
    }
    row = middle;
    a = zero;
    b = zero;
    c = zero;
    d = zero;
    aa = zero;
    bb = zero;
    cc = zero;
    dd = zero;
    const last = ends + ((<usize>min(length, count - begin) - 1) << 7);
    while (true) {
      v128.store(sums, f64x2.add(v128.load(end), a));
      v128.store(sums, f64x2.add(v128.load(end, 16), b), 16);
      v128.store(sums, f64x2.add(v128.load(end, 32), c), 32);
      v128.store(sums, f64x2.add(v128.load(end, 48), d), 48);
      v128.store(squares, f64x2.add(v128.load(end, 64), aa));
      v128.store(squares, f64x2.add(v128.load(end, 80), bb), 16);
      v128.store(squares, f64x2.add(v128.load(end, 96), cc), 32);
      v128.store(squares, f64x2.add(v128.load(end, 112), dd), 48);
      sums += outStep;
      squares += outStep;
      if (end == last) break;
      const p = shifted(row, origin, scale);
      a = f64x2.add(a, p);
      aa = f64x2.add(aa, f64x2.mul(p, p));
      const q = shifted(row + two, origin, scale);
      b = f64x2.add(b, q);
      bb = f64x2.add(bb, f64x2.mul(q, q));
      const r = shifted(row + 2 * two, origin, scale);
      c = f64x2.add(c, r);
      cc = f64x2.add(cc, f64x2.mul(r, r));
      const t = shifted(row + 3 * two, origin, scale);
      d = f64x2.add(d, t);
      dd = f64x2.add(dd, f64x2.mul(t, t));
      row += step;
      end += 128;
    }
  }
}

/** Float32 input, at least eight columns. */
export function windowMomentsDown32(
  x: usize,
  sums: usize,
  squares: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  columns: i32,
  origin: f64,
  scale: f64,
): void {
  const o = f64x2.splat(origin);
  const s = f64x2.splat(scale);
  for (let column = 0; column < columns; column += 8) {
    // the last block is moved back, so that it ends with the last column; columns that are computed twice get the same numbers
    const at = <usize>min(column, columns - 8);
    const to = at << 3;
    moments8(x + (at << 2), sums + to, squares + to, ends, length, count, step, outStep, o, s);
  }
}
