// The entries of transforms: dispatch to float32 or float64.

import { block } from './columns';
import { factorsOf } from './factors';
import { Transform } from './plan';
import { row } from './row';

/** Transforms one block of rows and planes in place. */
export function transform(transform: usize, at: usize): void {
  const task = changetype<Transform>(transform);
  if (task.isSingle) block<f32>(task, at);
  else block<f64>(task, at);
}

/** Prepares the spectrum of a task for products. */
export function factors(transform: usize): void {
  const task = changetype<Transform>(transform);
  if (task.isSingle) factorsOf<f32>(task);
  else factorsOf<f64>(task);
}

/**
 * Transforms `count` blocks of one row, `step` bytes apart, the last one first, so that what a block writes before its first valid result
 * is overwritten by the preceding block.
 */
export function transformRows(transform: usize, from: usize, to: usize, count: i32, step: usize): void {
  const task = changetype<Transform>(transform);
  while (count-- > 0) {
    const offset = <usize>count * step;
    if (task.isSingle) row<f32>(task, from + offset, to + offset, task.spectrum);
    else row<f64>(task, from + offset, to + offset, task.spectrum);
  }
}
