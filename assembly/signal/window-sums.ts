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

import { across } from './window-sums-across';
import { down } from './window-sums-down';

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
