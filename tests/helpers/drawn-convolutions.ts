// Drawn convolutions: problems of all forms, by which is found whether a divided call changes a bit, and what they are computed with.

import fc from 'fast-check';
import { type Convolution, convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import type { Epilogue } from '#src/run/activation.js';
import { numbersOf } from '../reference/equation.js';
import { outputSizes, type Problem, product } from '../reference/reference.js';
import { batchForms, narrowForms } from './cliffs.js';
import { convolutionFrom, type Given } from './convolutions.js';
import { depthwise, longRows, problems, wide } from './draws.js';
import { forms, layerAxis } from './forms.js';
import { problemLine } from './lines.js';
import { NOT_FINITE, reals } from './numbers.js';

export const besides: readonly (Epilogue | undefined)[] = [
  undefined,
  { scale: 1, activation: { entry: 'clamp', operand: Number.POSITIVE_INFINITY } },
  { scale: 1, activation: { entry: 'clamp', operand: 6 } },
  { scale: 0.75, input: { entry: 'silu', operand: 0 }, activation: { entry: 'leakyRelu', operand: 0.01 } },
];

/** Numbers with all bits, for some seeds NaN and infinities among them. */
export function givenFor(c: Convolution, seed: number): Given {
  const { input, weight } = numbersOf(c);
  const x = reals(input, seed);
  if (seed % 4 === 0) x[seed % input] = NOT_FINITE[seed % 3];
  const weights = reals(weight, seed + 1);
  if (seed % 5 === 0) weights[seed % weight] = NOT_FINITE[seed % 3];
  return { x, weight: weights, bias: reals(c.groups * c.filters, seed + 2) };
}

const ofProblem = (p: Problem) => convolutionOf(parseProblem(problemLine(p)));
const isFlat = (p: Problem) => p.input.length < 3;
const hasOutputs = (p: Problem) => product(outputSizes(p)) > 0;

/** Kernels of stride one and some size, over maps with room for several rows of tiles. */
const tiled = fc
  .tuple(problems, fc.constantFrom(2, 3, 4, 5), fc.constantFrom(1, 1, 2, 2, 3, 5))
  .filter(([p, , gap]) => gap <= 2 || isFlat(p))
  .map(([p, size, gap]) => ({
    ...p,
    input: p.input.map((input) => input + (isFlat(p) ? (gap <= 2 ? 14 : 10 * gap) : 6)),
    kernel: p.kernel.map((kernel, axis) => (axis === p.kernel.length - 3 ? kernel : size)),
    stride: p.stride.map(() => (p.transposed ? gap : 1)),
    dilation: p.dilation.map(() => (p.transposed ? 1 : gap)),
    outputPadding: p.outputPadding.map(() => 0),
  }));

const planes = fc
  .tuple(depthwise, fc.integer({ min: 1, max: 2 }), fc.nat(1), fc.nat(1))
  .filter(([p]) => p.input.length === 2)
  .map(([p, stride, top, left]) => ({
    ...p,
    transposed: false,
    kernel: [3, 3],
    stride: [stride, stride],
    dilation: [1, 1],
    outputPadding: [0, 0],
    input: [p.input[0] + 5, p.input[1] + 9],
    padding: [
      [top, 1],
      [left, 1],
    ] as [number, number][],
    mode: 'zeros' as const,
  }));

/** So many filters that they are divided into parts. */
const manyFilters = (p: Problem) => ({ ...p, filters: p.groups * (60 + p.filters) });

/** Few maps, which are large enough for parts. */
const larger = (p: Problem) => ({
  ...p,
  batch: 1,
  groups: 1,
  channels: 1,
  filters: p.filters / p.groups,
  input: p.input.map((size) => size + [3000, 44, 13][p.input.length - 1]),
});

/** What is drawn, and how often a test of a fraction of a second draws it. */
export const drawnConvolutions = [
  ['of any form', problems.map(ofProblem), 700],
  ['of wide rows', wide.map(ofProblem), 300],
  ['of one channel a group', depthwise.map(ofProblem), 200],
  ['of planes', planes.map(ofProblem), 200],
  ['of narrow maps', narrowForms.map(convolutionFrom), 300],
  ['of batches of tiny maps', batchForms.map(convolutionFrom), 300],
  ['of one long row', longRows.map(ofProblem), 200],
  ['of tiles', tiled.filter(hasOutputs).map(ofProblem), 500],
  ['of maps in an unusual order', forms(layerAxis, true).map(convolutionFrom), 300],
  ['of many filters', problems.map(manyFilters).map(ofProblem), 100],
  ['of tiles and many filters', tiled.filter(hasOutputs).filter(isFlat).map(manyFilters).map(ofProblem), 15],
  ['of few large maps', depthwise.map(larger).map(ofProblem), 100],
  ['of few large planes', planes.map(larger).map(ofProblem), 60],
  ['of few long rows', longRows.map(larger).map(ofProblem), 60],
] as const;
