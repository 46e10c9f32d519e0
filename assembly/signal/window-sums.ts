// windowSumsDown, windowSumsAcross: sums of all windows of a length along an axis, in float64, three additions a number however long
// the window is.
//
//   out[o] = Σ x[o + i]                 i from 0 to length - 1, o from 0 to count - 1
//
// No number is subtracted again, so a sum's error is in proportion to the window's own numbers, whatever stands elsewhere, and a NaN
// stays in its windows. Windows begin in segments as long as they are: a window is the end of its segment, summed backwards, and the
// beginning of the next one, summed forwards.
//
//   x       f32 or f64, count + length - 1 along the axis; a vector behind the last one may be read
//   out     f64
//   ends    f64[length][8]      the sums of the ends of one segment, for eight columns, or for four rows
//
// Down: eight columns at a time, four sums of two lanes. Across: four rows, two sums of two rows each; two columns of numbers are
// turned by a shuffle. The last columns or rows are moved back over others and computed again, to the same numbers.

/** Two numbers that lie side by side. */
// @ts-ignore: decorator
@inline
function pair<T>(x: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(x) : f64x2.promote_low_f32x4(v128.load_zero<u64>(x));
}

/** A number of each of two rows. */
// @ts-ignore: decorator
@inline
function both<T>(a: usize, b: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(<f64>load<T>(a)), 1, <f64>load<T>(b));
}

/** Windows down two columns. */
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

/** Windows down eight columns. */
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

/** Windows down columns, of which there are two at least. */
// @ts-ignore: decorator
@inline
function down<T>(
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
    // backwards from the end of the segment
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
    // forwards from there
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

/** Windows along rows; of fewer than four the last is computed several times. */
// @ts-ignore: decorator
@inline
function across<T>(
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

/** Of float32, down columns that lie side by side; rows of the input and of the output lie `step` and `outStep` bytes apart. */
export function windowSumsDown32(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  columns: i32,
): void {
  down<f32>(x, out, ends, length, count, step, outStep, columns);
}

/** Of float64, down columns. */
export function windowSumsDown64(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  columns: i32,
): void {
  down<f64>(x, out, ends, length, count, step, outStep, columns);
}

/** Of float32, along rows that lie `step` and `outStep` bytes apart. */
export function windowSumsAcross32(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  rows: i32,
): void {
  across<f32>(x, out, ends, length, count, step, outStep, rows);
}

/** Of float64, along rows. */
export function windowSumsAcross64(
  x: usize,
  out: usize,
  ends: usize,
  length: i32,
  count: i32,
  step: usize,
  outStep: usize,
  rows: i32,
): void {
  across<f64>(x, out, ends, length, count, step, outStep, rows);
}
