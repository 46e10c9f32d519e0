// Windows along an axis: which inputs each output is made of. Those of maxPool and avgPool are an axis of the geometry without
// upsampling; those of adaptive pooling are as long as their place asks for.

import type { Axis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import type { AxisWindows } from '../layers/recording.js';

/** The windows of one axis. */
export interface Windows extends AxisWindows {
  /** From the first to the last input that the outputs `begin` to `end` may read. */
  span(begin: number, end: number): Interval;
  /** that axis of the geometry, where all windows are alike */
  readonly axis?: Axis;
}

/** What a sum is divided by: how many positions of the padded input its window has, how many inputs, or a number for all. */
export type Divisor = 'positions' | 'inputs' | number;

/** The windows of maxPool and avgPool. */
export function evenWindows(axis: Axis, divisor: Divisor): Windows {
  const { input, output, kernel, stride, dilation, padding } = axis;
  return {
    axis,
    input,
    output,
    step: dilation,
    at(o) {
      const start = stride * o - padding;
      const skipped = Math.max(0, Math.ceil(-start / dilation));
      const count = Math.max(0, Math.min(kernel, Math.ceil((input - start) / dilation)) - skipped);
      const positions = Math.min(start + kernel, input + padding) - start;
      return {
        first: count > 0 ? start + skipped * dilation : 0,
        count,
        divisor: divisor === 'positions' ? positions : divisor === 'inputs' ? count : divisor,
      };
    },
    span(begin, end) {
      const first = Math.max(0, stride * begin - padding);
      const last = Math.min(input, stride * (end - 1) - padding + dilation * (kernel - 1) + 1);
      return { first, count: Math.max(0, last - first) };
    },
  };
}

/** The windows of adaptive pooling: as many parts of the input as there are outputs; neighbours share an input where that doesn't go up. */
export function adaptiveWindows(input: number, output: number): Windows {
  const first = (o: number) => Math.floor((o * input) / output);
  const end = (o: number) => Math.ceil(((o + 1) * input) / output);
  return {
    input,
    output,
    step: 1,
    at: (o) => ({ first: first(o), count: end(o) - first(o), divisor: end(o) - first(o) }),
    span: (begin, stop) => ({ first: first(begin), count: end(stop - 1) - first(begin) }),
  };
}

/** Whether there is one window, which is all of the axis. */
function isWhole({ input, output, step, at }: Windows): boolean {
  return output === 1 && step === 1 && at(0).count === input;
}

/**
 * Depth, height and width, where an axis with a single window that is all of it is one with the axis before it: so rows are as long as
 * they can be, and a global mean is that of one row.
 */
export function joinWhole(axes: readonly Windows[]): [depth: Windows, height: Windows, width: Windows] {
  const one = adaptiveWindows(1, 1);
  const rest = [one, one, ...axes];
  while (rest.length > 1 && isWhole(rest[rest.length - 1]) && rest[rest.length - 2].step === 1) {
    const inner = rest.pop()!;
    rest.push(joined(rest.pop()!, inner));
  }
  const [depth, height, width] = [one, one, ...rest].slice(-3);
  return [depth, height, width];
}

/** An axis, and one behind it whose single window is all of it, as one. */
function joined(outer: Windows, inner: Windows): Windows {
  const { input } = inner;
  const { divisor: innerDivisor } = inner.at(0);
  return {
    input: outer.input * input,
    output: outer.output,
    step: 1,
    at(o) {
      const { first, count, divisor } = outer.at(o);
      return { first: first * input, count: count * input, divisor: divisor * innerDivisor };
    },
    span(begin, end) {
      const { first, count } = outer.span(begin, end);
      return { first: first * input, count: count * input };
    },
  };
}
