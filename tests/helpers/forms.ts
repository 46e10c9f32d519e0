// Random and chosen forms of convolutions, and every row of the table compared with what is wanted of them.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Axis } from '#src/geometry/axis.js';
import { algorithms, UnableError } from '#src/plan/choice.js';
import type { Plan } from '#src/plan/plan.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import type { Convolution } from '#src/problem/convolution.js';
import { numbersOf, outputsOf, productsOf } from '../reference/equation.js';
import type { Reference } from '../reference/reference.js';
import { assertSame, assertTransformed } from './compare.js';
import {
  compute,
  convolutionFrom,
  type Form,
  type Given,
  kernelOrders,
  mapOrders,
  type Places,
  planBy,
} from './convolutions.js';
import { integers } from './numbers.js';

/** A whole number. */
export const whole = (min: number, max: number) => fc.integer({ min, max });

/** Plain and resident tensors, in the four ways. */
export const places: readonly Places[] = [
  { input: 'plain', output: 'plain' },
  { input: 'resident', output: 'resident' },
  { input: 'plain', output: 'resident' },
  { input: 'resident', output: 'plain' },
];

/** How often each row computed. */
export type Counts = Record<AlgorithmName, number>;
export const noCounts = (): Counts => ({ inside: 0, depthwise: 0, winograd: 0, direct: 0, gemm: 0 });

/** Numbers for a convolution. */
export function givenFor(c: Convolution, seed: number): Given {
  const { input, weight } = numbersOf(c);
  return {
    x: integers(input, seed),
    weight: integers(weight, seed + 1),
    bias: seed % 3 === 0 ? null : integers(c.groups * c.filters, seed + 2),
  };
}

/** The rows of the layers' table. */
const allRows = algorithms.map(({ name }) => name);

/** Compares every row that can compute a convolution with what is wanted; gives the plans. */
export function checkRows(
  c: Convolution,
  given: Given,
  wanted: Reference,
  counts: Counts,
  where = places,
  rows: readonly AlgorithmName[] = allRows,
): Plan[] {
  const plans: Plan[] = [];
  for (const name of rows) {
    let plan: Plan;
    try {
      plan = planBy(c, name);
    } catch (error) {
      if (error instanceof UnableError) continue;
      throw error;
    }
    for (const place of where) {
      const label = `${name}, ${place.input} to ${place.output}: ${c.line}`;
      const got = compute(plan, given, place);
      if (name === 'winograd') assertTransformed(got, wanted, label);
      else assertSame(got, wanted.output, label);
    }
    counts[name]++;
    plans.push(plan);
  }
  return plans;
}

/** Forms of one to three axes; a draw of an axis knows how long it may be. One channel a group every other time. */
export function forms(axis: (longest: number) => fc.Arbitrary<Axis>, isOrdered = false): fc.Arbitrary<Form> {
  const drawn = whole(1, 3).chain((rank) => {
    const longest = [24, 10, 5][rank - 1];
    const axes = Array.from({ length: rank }, (_, i) => axis(i === rank - 1 ? longest + 6 : longest));
    return fc.record({
      batch: whole(isOrdered ? 2 : 1, 3),
      groups: whole(1, 3),
      channels: fc.oneof(fc.constant(1), whole(2, 4)),
      filters: fc.oneof(whole(1, 3), whole(1, 9)),
      axes: fc.tuple(...axes),
      ...(isOrdered ? { input: mapOrders, output: mapOrders, weight: kernelOrders } : {}),
    });
  });
  return drawn.filter((form) => productsOf(convolutionFrom(form)) <= 100_000);
}

/** Checks random forms, and that every row computed often enough. */
export function checkForms(
  drawn: fc.Arbitrary<Form>,
  check: (c: Convolution, seed: number, counts: Counts, where: readonly Places[]) => void,
  numRuns = 1500,
  rows: readonly AlgorithmName[] = allRows,
): void {
  const counts = noCounts();
  fc.assert(
    fc.property(drawn, fc.nat(1_000_000), fc.boolean(), (form, seed, isMixed) => {
      const where = isMixed ? places.slice(2) : places.slice(0, 2);
      check(convolutionFrom(form), seed, counts, where);
    }),
    { numRuns },
  );
  for (const name of rows)
    assert.ok(counts[name] >= 150, `${name} computed only ${counts[name]}: ${JSON.stringify(counts)}`);
}

/** Checks a convolution as it stands. */
export function checkForward(c: Convolution, seed: number, counts: Counts, where: readonly Places[]): void {
  const given = givenFor(c, seed);
  checkRows(c, given, outputsOf(c, given.x, given.weight, given.bias), counts, where);
}

/** The axis of a true convolution, whose kernel is read backwards. */
export function turned(input: number, kernel: number, mode: 'full' | 'same' | 'valid'): Axis {
  const common = { input, kernel, stride: 1, dilation: -1, upsample: 1 };
  if (mode === 'full') return { ...common, padding: 0, output: input + kernel - 1 };
  if (mode === 'same') return { ...common, padding: -Math.floor((kernel - 1) / 2), output: input };
  return { ...common, padding: 1 - kernel, output: input - kernel + 1 };
}

/** The axis of a layer with these numbers. */
export function plain(input: number, kernel: number, padding: number, stride = 1): Axis {
  const output = Math.floor((input + 2 * padding - kernel) / stride) + 1;
  return { input, kernel, stride, dilation: 1, upsample: 1, padding, output };
}

export function dilated(input: number, kernel: number, padding: number, dilation: number): Axis {
  return {
    ...plain(input, kernel, padding),
    dilation,
    output: input + 2 * padding - dilation * (kernel - 1),
  };
}

/** The axis of a random layer, as torch makes it. */
export const layerAxis = (longest: number, longestKernel = 5): fc.Arbitrary<Axis> =>
  fc
    .record({
      kernel: fc.oneof(fc.constant(3), whole(1, longestKernel)),
      stride: fc.constantFrom(1, 1, 1, 2, 3),
      dilation: fc.constantFrom(1, 1, 1, 2, 3),
      begin: whole(0, 3),
      end: whole(0, 3),
      input: whole(1, longest),
    })
    .map(({ begin, end, ...axis }) => {
      const room = axis.input + begin + end - axis.dilation * (axis.kernel - 1) - 1;
      return { ...axis, upsample: 1, padding: begin, output: Math.floor(room / axis.stride) + 1 };
    })
    .filter(({ output }) => output > 0);
