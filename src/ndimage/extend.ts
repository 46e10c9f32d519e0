// Extend: an input with what stands around it.

import { product } from '../core/lists.js';
import { elementAt } from '../sums/border.js';
import type { Border } from '../sums/request.js';
import type { NumberArray, Samples } from '../sums/samples.js';

/** Elements before and behind the input along an axis, and which ones. */
export interface Margin {
  readonly before: number;
  readonly behind: number;
  readonly border: Border;
}

/** The shape with its margins. */
export function extendedShape(shape: readonly number[], margins: readonly Margin[]): number[] {
  return shape.map((size, axis) => size + margins[axis].before + margins[axis].behind);
}

/** Writes an input with its margins. Where margins meet, a constant stands if one of them is. */
export function extend({ data, shape }: Samples, margins: readonly Margin[], target: NumberArray): void {
  const whole = extendedShape(shape, margins);
  const steps = shape.map((_, axis) => product(shape.slice(axis + 1)));
  const wholeSteps = whole.map((_, axis) => product(whole.slice(axis + 1)));
  const sources = whole.map((size, axis) => {
    const { before, border } = margins[axis];
    return Int32Array.from({ length: size }, (_, at) => elementAt(at - before, shape[axis], border));
  });
  const constants = margins.map(({ border }) => (typeof border === 'object' ? border.constant : 0));
  const last = shape.length - 1;
  const row = (from: number, to: number): void => {
    const source = sources[last];
    const begin = margins[last].before;
    const end = begin + shape[last];
    const put = (at: number): void => {
      target[to + at] = source[at] < 0 ? constants[last] : data[from + source[at]];
    };
    for (let at = 0; at < begin; at++) put(at);
    target.set(data.subarray(from, from + shape[last]) as Float32Array, to + begin);
    for (let at = end; at < whole[last]; at++) put(at);
  };
  const walk = (axis: number, from: number, to: number): void => {
    if (axis === last) {
      row(from, to);
      return;
    }
    for (const [at, element] of sources[axis].entries()) {
      const into = to + at * wholeSteps[axis];
      if (element < 0) target.fill(constants[axis], into, into + wholeSteps[axis]);
      else walk(axis + 1, from + element * steps[axis], into);
    }
  };
  walk(0, 0, 0);
}
