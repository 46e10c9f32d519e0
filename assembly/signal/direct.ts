// Direct sums: the entries, in float32 and in float64.

import { rows } from './rows';
import { stage } from './stage';

/** Stages an operand of float32: see stage.ts. */
export function stage32(levels: usize, depth: i32, from: usize, to: usize, group: i32, constant: f32): void {
  stage<f32>(levels, depth, from, to, group, constant);
}

/** Stages an operand of float64. */
export function stage64(levels: usize, depth: i32, from: usize, to: usize, group: i32, constant: f64): void {
  stage<f64>(levels, depth, from, to, group, constant);
}

/** Computes rows of float32: see rows.ts. */
export function rows32(
  levels: usize,
  depth: i32,
  paired: i32,
  groups: usize,
  count: i32,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  length: usize,
): void {
  const end = groups + ((<usize>count) << 4);
  rows<f32>(
    levels,
    depth,
    paired != 0,
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

/** Computes rows of float64: see rows.ts. */
export function rows64(
  levels: usize,
  depth: i32,
  paired: i32,
  groups: usize,
  count: i32,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  length: usize,
): void {
  const end = groups + ((<usize>count) << 4);
  rows<f64>(
    levels,
    depth,
    paired != 0,
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
