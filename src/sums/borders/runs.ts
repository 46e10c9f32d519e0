// Runs: which elements of an axis a staged line contains, and which ranges of the axis are copied for it.

import type { Border } from '../request.js';
import { elementAt } from './border.js';

/** `count` consecutive elements of a line: axis elements `step` apart, starting at `from`, or constants if `from` is negative. */
export interface Run {
  from: number;
  count: number;
  step: number;
}

/** A range of an axis that is copied. */
export interface Span {
  readonly from: number;
  readonly count: number;
}

/**
 * The line for outputs `stride` positions apart: `extent` positions starting at `first`, ordered by phase. First come all positions that
 * the first tap may read, then those of the second tap, up to `stride` of them, so that outputs read contiguous elements for any tap.
 */
export function signalRuns(
  size: number,
  border: Border,
  first: number,
  extent: number,
  stride: number,
  taps: number,
): Run[] {
  const runs: Run[] = [];
  const length = Math.ceil(extent / stride);
  for (let phase = 0; phase < Math.min(stride, taps); phase++) {
    const count = Math.ceil((extent - phase) / stride);
    addPositions(runs, size, border, first + phase, stride, count);
    if (count < length) addConstants(runs, length - count);
  }
  return runs;
}

/** The line of a kernel: its taps in the order of the phases of `signalRuns`. */
export function kernelRuns(first: number, step: number, taps: number, stride: number): Run[] {
  const runs: Run[] = [];
  for (let phase = 0; phase < Math.min(stride, taps); phase++) {
    const count = Math.ceil((taps - phase) / stride);
    runs.push({ from: first + step * phase, count, step: count === 1 ? 1 : step * stride });
  }
  return runs;
}

/** Adds `count` positions `step` apart, some of which may be outside. */
function addPositions(
  runs: Run[],
  size: number,
  border: Border,
  first: number,
  step: number,
  count: number,
): void {
  const begin = Math.min(count, Math.max(0, Math.ceil(-first / step)));
  const end = Math.min(count, Math.max(begin, Math.floor((size - 1 - first) / step) + 1));
  addOutside(runs, size, border, first, step, begin);
  if (end > begin) runs.push({ from: first + begin * step, count: end - begin, step });
  addOutside(runs, size, border, first + end * step, step, count - end);
}

function addOutside(
  runs: Run[],
  size: number,
  border: Border,
  first: number,
  step: number,
  count: number,
): void {
  if (count === 0) return;
  // constants are added as one run, without a loop over outputs that may be far outside
  if (border === 'nothing' || typeof border === 'object') addConstants(runs, count);
  else for (let i = 0; i < count; i++) addElement(runs, elementAt(first + i * step, size, border));
}

function addConstants(runs: Run[], count: number): void {
  const last = runs[runs.length - 1];
  if (last && last.from < 0) last.count += count;
  else runs.push({ from: -1, count, step: 1 });
}

function addElement(runs: Run[], element: number): void {
  const last = runs[runs.length - 1];
  if (last && last.from >= 0 && last.count === 1) {
    last.step = element - last.from;
    last.count = 2;
  } else if (last && last.from >= 0 && element === last.from + last.step * last.count) last.count++;
  else runs.push({ from: element, count: 1, step: 1 });
}

/** Gaps up to this size between ranges are copied as well. */
const GAP = 64;

/** The ranges to copy for some runs, merged if they are close. Changes the runs to positions in the copy. */
export function spansOf(runs: readonly Run[]): Span[] {
  const shown = runs.filter(({ from }) => from >= 0);
  if (shown.length === 0) return [];
  const ends = shown.map(({ from, count, step }) => {
    const last = from + step * (count - 1);
    return [Math.min(from, last), Math.max(from, last) + 1];
  });
  ends.sort((a, b) => a[0] - b[0]);
  const spans = [ends[0]];
  for (const [from, end] of ends) {
    const last = spans[spans.length - 1];
    if (from <= last[1] + GAP) last[1] = Math.max(last[1], end);
    else spans.push([from, end]);
  }
  for (const run of shown) {
    let before = 0;
    for (const [from, end] of spans) {
      if (run.from < end) {
        run.from += before - from;
        break;
      }
      before += end - from;
    }
  }
  return spans.map(([from, end]) => ({ from, count: end - from }));
}

/** The total length of the ranges. */
export function countOf(spans: readonly Span[]): number {
  let count = 0;
  for (const span of spans) count += span.count;
  return count;
}
