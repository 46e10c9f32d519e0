// Windows along rows, four rows at a time in two vectors; pairs of columns are transposed by a shuffle. The last block of rows is moved back,
// so some rows are computed twice, with the same results. window-sums.ts has the layouts.

import { pair } from '../vectors';

/** One number of each of two rows. */
// @ts-ignore: decorator
@inline
function both<T>(a: usize, b: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(<f64>load<T>(a)), 1, <f64>load<T>(b));
}

/** Windows along four rows. */
// @ts-ignore: decorator
@inline
function across4<T>(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  out0: usize,
  out1: usize,
  out2: usize,
  out3: usize,
  ends: usize,
  length: i32,
  count: i32,
): void {
  const zero = f64x2.splat(0);
  for (let begin = 0; begin < count; begin += length) {
    // suffix sums of the segment, backwards from its end
    let at = <usize>(begin + length) * sizeof<T>();
    let end = ends + ((<usize>length) << 5);
    let a = zero;
    let b = zero;
    if (length & 1) {
      at -= sizeof<T>();
      end -= 32;
      a = both<T>(x0 + at, x1 + at);
      b = both<T>(x2 + at, x3 + at);
      v128.store(end, a);
      v128.store(end, b, 16);
    }
    while (end > ends) {
      at -= 2 * sizeof<T>();
      end -= 64;
      const p0 = pair<T>(x0 + at);
      const p1 = pair<T>(x1 + at);
      const p2 = pair<T>(x2 + at);
      const p3 = pair<T>(x3 + at);
      a = f64x2.add(a, v128.shuffle<f64>(p0, p1, 1, 3));
      b = f64x2.add(b, v128.shuffle<f64>(p2, p3, 1, 3));
      v128.store(end, a, 32);
      v128.store(end, b, 48);
      a = f64x2.add(a, v128.shuffle<f64>(p0, p1, 0, 2));
      b = f64x2.add(b, v128.shuffle<f64>(p2, p3, 0, 2));
      v128.store(end, a);
      v128.store(end, b, 16);
    }
    // prefix sums of the next segment
    at = <usize>(begin + length) * sizeof<T>();
    let to = (<usize>begin) << 3;
    a = zero;
    b = zero;
    const windows = min(length, count - begin);
    const last = ends + ((<usize>windows & ~1) << 5);
    while (end < last) {
      const p0 = pair<T>(x0 + at);
      const p1 = pair<T>(x1 + at);
      const p2 = pair<T>(x2 + at);
      const p3 = pair<T>(x3 + at);
      const a0 = f64x2.add(v128.load(end), a);
      const b0 = f64x2.add(v128.load(end, 16), b);
      a = f64x2.add(a, v128.shuffle<f64>(p0, p1, 0, 2));
      b = f64x2.add(b, v128.shuffle<f64>(p2, p3, 0, 2));
      const a1 = f64x2.add(v128.load(end, 32), a);
      const b1 = f64x2.add(v128.load(end, 48), b);
      a = f64x2.add(a, v128.shuffle<f64>(p0, p1, 1, 3));
      b = f64x2.add(b, v128.shuffle<f64>(p2, p3, 1, 3));
      v128.store(out0 + to, v128.shuffle<f64>(a0, a1, 0, 2));
      v128.store(out1 + to, v128.shuffle<f64>(a0, a1, 1, 3));
      v128.store(out2 + to, v128.shuffle<f64>(b0, b1, 0, 2));
      v128.store(out3 + to, v128.shuffle<f64>(b0, b1, 1, 3));
      at += 2 * sizeof<T>();
      to += 16;
      end += 64;
    }
    if (windows & 1) {
      a = f64x2.add(v128.load(end), a);
      b = f64x2.add(v128.load(end, 16), b);
      v128.store_lane<f64>(out0 + to, a, 0);
      v128.store_lane<f64>(out1 + to, a, 1);
      v128.store_lane<f64>(out2 + to, b, 0);
      v128.store_lane<f64>(out3 + to, b, 1);
    }
  }
}

/** Windows along rows. If there are fewer than four, the last row is computed several times. */
// @ts-ignore: decorator
@inline
export function across<T>(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  rows: i32,
): void {
  for (let row = 0; row < rows; row += 4) {
    const i0 = <usize>max(0, min(row, rows - 4));
    const i1 = min(i0 + 1, <usize>rows - 1);
    const i2 = min(i0 + 2, <usize>rows - 1);
    const i3 = min(i0 + 3, <usize>rows - 1);
    across4<T>(
      x + i0 * step,
      x + i1 * step,
      x + i2 * step,
      x + i3 * step,
      out + i0 * outStep,
      out + i1 * outStep,
      out + i2 * outStep,
      out + i3 * outStep,
      ends,
      length,
      count,
    );
  }
}
