// The entries of direct sums, for float32 and float64.

import { rows as rowsOf } from './rows';
import { stage as stageOf } from './stage';

/** Stages an operand; see stage.ts. */
export function stage(
  levels: usize,
  depth: i32,
  from: usize,
  to: usize,
  group: i32,
  constant: f64,
  isSingle: bool,
): void {
  if (isSingle) stageOf<f32>(levels, depth, from, to, group, <f32>constant);
  else stageOf<f64>(levels, depth, from, to, group, constant);
}

/** Computes rows; see rows.ts. */
export function rows(
  levels: usize,
  depth: i32,
  paired: bool,
  groups: usize,
  count: i32,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  length: usize,
  isSingle: bool,
): void {
  const end = groups + ((<usize>count) << 4);
  if (isSingle)
    rowsOf<f32>(
      levels,
      depth,
      paired,
      groups,
      end,
      lineStep,
      weightStep,
      tapStep,
      weights,
      signal,
      out,
      length,
    );
  else
    rowsOf<f64>(
      levels,
      depth,
      paired,
      groups,
      end,
      lineStep,
      weightStep,
      tapStep,
      weights,
      signal,
      out,
      length,
    );
}
