// Random problems over all options, such that torch takes them.

import fc from 'fast-check';
import {
  inputShape,
  outputShape,
  type PaddingMode,
  type Problem,
  product,
  weightShape,
} from '../reference/reference.js';

/** What is drawn for one axis; the size of the input follows so that torch takes it. */
interface Draw {
  kernel: number;
  stride: number;
  dilation: number;
  padding: number;
  /** the padding after the axis, if its sides differ */
  paddingAfter: number;
  outputPadding: number;
  extra: number;
}

/** What is drawn for one problem. */
export interface Drawn {
  transposed: boolean;
  padding: 'number' | 'pairs' | 'same' | 'valid';
  mode: PaddingMode;
  batch: number;
  unbatched: boolean;
  bias: boolean;
  groups: number;
  channels: number;
  filters: number;
  /** Kernels of three and stride 1 in every axis: what Winograd's algorithm is for. */
  threes: boolean;
  axes: Draw[];
  values: number;
}

const sizes = (rank: number): fc.Arbitrary<Draw> =>
  fc.record({
    kernel: fc.integer({ min: 1, max: [9, 5, 3][rank - 1] }),
    stride: fc.constantFrom(1, 1, 1, 2, 2, 3, 4),
    dilation: fc.constantFrom(1, 1, 1, 2, 3),
    padding: fc.integer({ min: -1, max: 4 }),
    paddingAfter: fc.integer({ min: -1, max: 4 }),
    outputPadding: fc.nat(3),
    extra: fc.nat([90, 20, 7][rank - 1]),
  });

/** Mostly small, sometimes enough for several tiles and blocks. */
const perGroup = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 40 }) },
);

/** Problems over all options. */
export const drawn: fc.Arbitrary<Drawn> = fc.constantFrom(1, 2, 3).chain((rank) =>
  fc.record({
    transposed: fc.boolean(),
    padding: fc.constantFrom<Drawn['padding']>('number', 'number', 'pairs', 'same', 'valid'),
    mode: fc.constantFrom<PaddingMode>('zeros', 'zeros', 'reflect', 'replicate', 'circular'),
    batch: fc.constantFrom(1, 1, 2, 3, 0),
    unbatched: fc.boolean(),
    bias: fc.boolean(),
    groups: fc.constantFrom(1, 1, 2, 3, 5),
    channels: perGroup,
    filters: perGroup,
    threes: fc.constantFrom(false, false, false, true),
    axes: fc.array(sizes(rank), { minLength: rank, maxLength: rank }),
    values: fc.nat(2 ** 31 - 1),
  }),
);

/** The problem that was drawn, with sizes that torch takes and not too much to compute naively. */
export function problemOf(d: Drawn): Problem {
  const same = d.padding === 'same' && !d.transposed;
  const mode = d.transposed ? 'zeros' : d.mode;
  const axes = d.axes.map((drawnAxis) => {
    const axis = d.threes ? { ...drawnAxis, kernel: 3, stride: 1 } : drawnAxis;
    const stride = same ? 1 : axis.stride;
    const reach = axis.dilation * (axis.kernel - 1) + 1;
    const side = (number: number) =>
      d.padding === 'valid' ? 0 : mode === 'zeros' ? Math.max(number, 0) : number;
    const begin = same ? Math.floor((reach - 1) / 2) : side(axis.padding);
    const end = same ? reach - 1 - begin : side(d.padding === 'pairs' ? axis.paddingAfter : axis.padding);
    const longer = Math.max(begin, end);
    const outputPadding = d.transposed
      ? Math.min(axis.outputPadding, Math.max(stride, axis.dilation) - 1)
      : 0;
    const least = d.transposed
      ? Math.ceil((begin + end - reach - outputPadding) / stride) + 1
      : Math.max(reach - begin - end, mode === 'reflect' ? longer + 1 : mode === 'circular' ? longer : 1);
    return { ...axis, stride, begin, end, outputPadding, least: Math.max(least, 1) };
  });
  const make = (extra: (axis: Draw) => number): Problem => ({
    transposed: d.transposed,
    batch: d.unbatched ? 1 : d.batch,
    groups: d.groups,
    channels: d.groups * d.channels,
    filters: d.groups * d.filters,
    input: axes.map((axis) => axis.least + extra(axis)),
    kernel: axes.map(({ kernel }) => kernel),
    stride: axes.map(({ stride }) => stride),
    padding: axes.map(({ begin, end }) => [begin, end]),
    dilation: axes.map(({ dilation }) => dilation),
    outputPadding: axes.map(({ outputPadding }) => outputPadding),
    mode,
  });
  const products = (p: Problem): number =>
    (product(weightShape(p)) * product(p.transposed ? inputShape(p) : outputShape(p))) /
    (p.transposed ? p.channels : p.filters);
  for (const share of [1, 1 / 2, 1 / 4]) {
    const p = make(({ extra }) => Math.round(extra * share));
    if (products(p) <= 250_000) return p;
  }
  return make(() => 0);
}
