// Extends samples by their border.

import { copyRange } from '../../core/copy.js';
import type { Border } from '../request.js';
import type { NumberArray, Samples } from '../samples.js';
import { stepsOf } from '../steps.js';
import { constantOf, elementAt } from './border.js';

/** How many elements to add before and after the samples along an axis, and by which border. */
export interface Margin {
  readonly before: number;
  readonly behind: number;
  readonly border: Border;
}

/** The shape including the margins. */
export function extendedShape(shape: readonly number[], margins: readonly Margin[]): number[] {
  return shape.map((size, axis) => size + margins[axis].before + margins[axis].behind);
}

/** Writes samples with their margins. Where margins of several axes overlap, a constant takes precedence. */
export function extend({ data, shape }: Samples, margins: readonly Margin[], target: NumberArray): void {
  const whole = extendedShape(shape, margins);
  const [own, wide] = [stepsOf(shape), stepsOf(whole)];
  // the last axis with a margin; the axes after it are copied as one piece
  const last = Math.max(
    0,
    margins.findLastIndex(({ before, behind }) => before + behind > 0),
  );
  const piece = own[last];
  const copy = (from: number, to: number, count: number) => copyRange(data, from, count, target, to);
  const walk = (axis: number, from: number, to: number): void => {
    const { before, border } = margins[axis];
    const size = shape[axis];
    const put = (at: number): void => {
      const element = elementAt(at - before, size, border);
      const into = to + at * wide[axis];
      if (element < 0) target.fill(constantOf(border), into, into + wide[axis]);
      else if (axis === last) copy(from + element * piece, into, piece);
      else walk(axis + 1, from + element * own[axis], into);
    };
    if (axis === last) copy(from, to + before * piece, size * piece);
    else for (let at = before; at < before + size; at++) put(at);
    for (let at = 0; at < before; at++) put(at);
    for (let at = before + size; at < whole[axis]; at++) put(at);
  };
  walk(0, 0, 0);
}
