// windowSumsDown, windowSumsAcross: sums of all windows of a length along an axis, in float64, with three additions per number for any length.
//
//   out[o] = Σ x[o + i]                 i from 0 to length - 1, o from 0 to count - 1
//
// No number is ever subtracted. So a sum's error is proportional to the numbers of its window, and a NaN affects only windows that contain
// it. The axis is divided into segments of a window's length: each window is a suffix of a segment, summed backwards, plus a prefix of the
// next one, summed forwards.
//
//   x       f32 or f64, count + length - 1 along the axis; loads may extend a vector past the last one
//   out     f64
//   ends    f64[length][8]      suffix sums of one segment, for eight columns or four rows

import { across } from './window-sums-across';
import { down } from './window-sums-down';

/** Float32, down adjacent columns; rows of input and output are `step` and `outStep` bytes apart. */
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

/** Float64, down columns. */
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

/** Float32, along rows that are `step` and `outStep` bytes apart. */
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

/** Float64, along rows. */
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
