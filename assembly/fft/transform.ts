// The entries: blocks of float32 or of float64, as the transform says.

import { block } from './columns';
import { factorsOf } from './factors';
import { Transform } from './plan';
import { row } from './row';

/** Takes one block of rows and planes, in its place. */
export function transform(transform: usize, at: usize): void {
  const task = changetype<Transform>(transform);
  if (task.isSingle) block<f32>(task, at);
  else block<f64>(task, at);
}

/** Makes the spectrum that a task has ready for products. */
export function factors(transform: usize): void {
  const task = changetype<Transform>(transform);
  if (task.isSingle) factorsOf<f32>(task);
  else factorsOf<f64>(task);
}

/**
 * Takes `count` blocks of one row, `step` bytes apart: block by block from the last one, so that what a block writes before its first
 * good result is overwritten by the one before it.
 */
export function transformRows(transform: usize, from: usize, to: usize, count: i32, step: usize): void {
  const task = changetype<Transform>(transform);
  while (count-- > 0) {
    const offset = <usize>count * step;
    if (task.isSingle) row<f32>(task, from + offset, to + offset, task.spectrum);
    else row<f64>(task, from + offset, to + offset, task.spectrum);
  }
}
