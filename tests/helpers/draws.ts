// Random problems of every form that a problem line can have, small enough to compute by hand.

import fc from 'fast-check';
import type { PaddingMode, Problem } from '../reference/reference.js';
import { modes, mostPadding } from './axes.js';

const whole = (min: number, max: number) => fc.integer({ min, max });

const drawnAxis = fc.record({
  kernel: whole(1, 4),
  stride: fc.constantFrom(1, 1, 2, 3),
  dilation: fc.constantFrom(1, 1, 2, 3),
  begin: whole(0, 4),
  end: whole(0, 4),
  outputPadding: whole(0, 2),
  extra: whole(0, 8),
});

type DrawnAxis = typeof drawnAxis extends fc.Arbitrary<infer T> ? T : never;

/** An axis that torch takes: padding no larger than the mode allows, and at least one output. */
function axisOf(drawn: DrawnAxis, transposed: boolean, mode: PaddingMode) {
  const { kernel, stride, dilation, extra } = drawn;
  const reach = dilation * (kernel - 1) + 1;
  const outputPadding = transposed ? Math.min(drawn.outputPadding, Math.max(stride, dilation) - 1) : 0;
  if (transposed) {
    const { begin, end } = drawn;
    const least = Math.ceil((begin + end - reach - outputPadding) / stride) + 1;
    return { kernel, stride, dilation, begin, end, outputPadding, input: Math.max(1, least + 1) + extra };
  }
  const size = reach + extra;
  const begin = Math.min(drawn.begin, mostPadding(size, mode));
  const end = Math.min(drawn.end, mostPadding(size, mode));
  const shrunk = mode === 'zeros' ? Math.max(1, size - begin - end) : size;
  return { kernel, stride, dilation, begin, end, outputPadding, input: shrunk };
}

/** Problems of one to three axes. */
export const problems: fc.Arbitrary<Problem> = fc
  .record({
    transposed: fc.boolean(),
    mode: fc.constantFrom(...modes),
    batch: whole(1, 3),
    groups: whole(1, 3),
    channels: whole(1, 3),
    filters: fc.oneof(whole(1, 3), whole(1, 12)),
    axes: fc.array(drawnAxis, { minLength: 1, maxLength: 3 }),
  })
  .map(({ transposed, mode: drawnMode, batch, groups, channels, filters, axes: drawn }) => {
    const mode = transposed ? 'zeros' : drawnMode;
    const axes = drawn.map((axis) => axisOf(axis, transposed, mode));
    return {
      transposed,
      batch,
      groups,
      channels: groups * channels,
      filters: groups * filters,
      input: axes.map(({ input }) => input),
      kernel: axes.map(({ kernel }) => kernel),
      stride: axes.map(({ stride }) => stride),
      padding: axes.map(({ begin, end }): [number, number] => [begin, end]),
      dilation: axes.map(({ dilation }) => dilation),
      outputPadding: axes.map(({ outputPadding }) => outputPadding),
      mode,
    };
  });

/** Problems whose output rows fill a tile. */
export const wide = problems.map((p) => ({
  ...p,
  input: p.input.map((size, axis) => (axis === p.input.length - 1 ? size + 8 * p.stride[axis] + 8 : size)),
}));

/** Problems of one channel a group. */
export const depthwise = wide.map((p) => ({ ...p, channels: p.groups }));

/** Problems of one channel a group, whose maps are one long row. */
export const longRows = depthwise
  .filter((p) => p.input.length === 1)
  .map((p) => ({ ...p, input: [p.input[0] + 220], stride: [1], outputPadding: [0] }));
