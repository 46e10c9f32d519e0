// Windows: the inputs of each output along an axis. Those of max and average pooling have one size; those of adaptive pooling vary.

import type { Axis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import type { AxisWindows } from '../layers/recording.js';

/** The windows of one axis. */
export interface Windows extends AxisWindows {
  /** The range from the first to the last input that outputs `begin` to `end` (exclusive) may read. */
  span(begin: number, end: number): Interval;
  /** the axis, if all windows have the same size */
  readonly axis?: Axis;
}

/** The divisor of a sum: the positions of its window in the padded input, its inputs without padding, or a given number. */
export type Divisor = 'positions' | 'inputs' | number;

/** The windows of max and average pooling. */
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

/** The windows of adaptive pooling. Neighbouring windows share an input if `output` does not divide `input`. */
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

/** Whether there is only one window, the whole axis. */
function isWhole({ input, output, step, at }: Windows): boolean {
  return output === 1 && step === 1 && at(0).count === input;
}

/**
 * Extends to depth, height and width, and merges an axis with a single window, the whole axis, with the preceding axis. This makes rows as
 * long as possible: global pooling is that of a single row.
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

/** Merges an axis with a following axis that has a single window, the whole axis. */
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
