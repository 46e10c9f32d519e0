// The entries: blocks of float32 and of float64.

import { block } from './columns';
import { factorsOf } from './factors';
import { Transform } from './plan';
import { row } from './row';

/** Takes one block of rows and planes, in its place. */
export function transform32(transform: usize, at: usize): void {
  block<f32>(changetype<Transform>(transform), at);
}

export function transform64(transform: usize, at: usize): void {
  block<f64>(changetype<Transform>(transform), at);
}

/** Makes the spectrum that a task has ready for products. */
export function factors(transform: usize, isSingle: bool): void {
  if (isSingle) factorsOf<f32>(changetype<Transform>(transform));
  else factorsOf<f64>(changetype<Transform>(transform));
}

/**
 * Takes `count` blocks of one row, `step` bytes apart: block by block from the last one, so that what a block writes before its first
 * good result is overwritten by the one before it.
 */
export function transformRows32(transform: usize, from: usize, to: usize, count: i32, step: usize): void {
  rows<f32>(changetype<Transform>(transform), from, to, count, step);
}

export function transformRows64(transform: usize, from: usize, to: usize, count: i32, step: usize): void {
  rows<f64>(changetype<Transform>(transform), from, to, count, step);
}

function rows<T>(transform: Transform, from: usize, to: usize, count: i32, step: usize): void {
  while (count-- > 0) {
    const offset = <usize>count * step;
    row<T>(transform, from + offset, to + offset, transform.spectrum);
  }
}
