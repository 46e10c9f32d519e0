// Problem: one convolution with all its sizes, checked as torch checks them. Its line is in line.ts.

import { refuse, type Where } from '../core/errors.js';
import { elements, type Shape } from '../core/tensor.js';
import { type Axis, adjoint, lift } from '../geometry/axis.js';
import type { PaddingMode } from '../geometry/padding.js';
import type { Operator, Rank } from './options.js';
import { convOutput, list, paddingOf, transposedProblem } from './output-size.js';

/** A convolution of given sizes; channels and filters are those of the whole layer. */
export interface Problem {
  readonly transposed: boolean;
  readonly rank: Rank;
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly paddingBegin: readonly number[];
  readonly paddingEnd: readonly number[];
  readonly outputPadding: readonly number[];
  readonly paddingMode: PaddingMode;
  readonly output: readonly number[];
}

/** What a problem is made from, besides the operator. */
export interface ProblemShapes {
  readonly input: Shape;
  readonly weight: Shape;
  readonly bias: Shape | null;
  readonly outputSize?: readonly number[] | undefined;
}

/** Torch's name of the operation. */
export function functionName(op: Pick<Operator, 'transposed' | 'rank'>): string {
  return `conv${op.transposed ? '_transpose' : ''}${op.rank}d`;
}

/**
 * The problem of an operator on an input of a given shape; an unbatched input counts as a batch of one.
 * @throws RangeError in torch's words where torch refuses
 */
export function problemOf(op: Operator, shapes: ProblemShapes, where: Where): Problem {
  const { rank, transposed, groups } = op;
  const { input, weight, bias } = shapes;
  if (weight.length !== rank + 2) {
    const sentence =
      weight.length < 3
        ? 'weight should have at least three dimensions'
        : `Expected ${weight.length}-dimensional input for ${weight.length}-dimensional weight ${list(weight)}, ` +
          `but got ${input.length}-dimensional input of size ${list(input)} instead`;
    refuse(where, sentence);
  }
  if (input.length !== rank + 1 && input.length !== rank + 2) {
    refuse(
      where,
      `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${functionName(op)}, ` +
        `but got input of size: ${list(input)}`,
    );
  }
  const batched = input.length === rank + 2;
  const batch = batched ? input[0] : 1;
  const channels = input[batched ? 1 : 0];
  const spatial = input.slice(-rank);
  const kernel = weight.slice(2);
  checkWeight(op, weight, bias, channels, input, where);
  if (kernel.some((size) => size <= 0)) {
    refuse(where, `kernel size should be greater than zero, but got kernel size ${list(kernel)}`);
  }
  const { paddingBegin, paddingEnd } = paddingOf(op, kernel);
  const common = {
    transposed,
    rank,
    batch,
    groups,
    channels,
    // torch gives no filters where there are no channels, whatever the weight says
    filters: transposed ? weight[1] * groups : channels === 0 ? 0 : weight[0],
    input: spatial,
    kernel,
    stride: op.stride,
    dilation: op.dilation,
    paddingBegin,
    paddingEnd,
    paddingMode: op.paddingMode,
  };
  const problem = transposed
    ? transposedProblem(common, op, shapes.outputSize, input, where)
    : { ...common, outputPadding: op.outputPadding, output: convOutput(common, where) };
  if (spatial.some((size) => size === 0)) {
    refuse(
      where,
      `Only zero batch or zero channel inputs are supported, but got input shape: ${list(input)}`,
    );
  }
  return problem;
}

function checkWeight(
  op: Operator,
  weight: Shape,
  bias: Shape | null,
  channels: number,
  input: Shape,
  where: Where,
): void {
  const { groups, transposed } = op;
  const first = weight[0];
  const second = weight[1];
  if (transposed) {
    if (channels !== first) {
      refuse(
        where,
        `Given transposed=1, weight of size ${list(weight)}, expected input${list(input)} to have ${first} channels, ` +
          `but got ${channels} channels instead`,
      );
    }
    if (first % groups !== 0) {
      refuse(
        where,
        `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size ${list(weight)} instead`,
      );
    }
    if (second === 0) refuse(where, `non-empty weight tensor expected, but got: ${list(weight)}`);
  } else {
    if (first < groups) {
      refuse(
        where,
        `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got weight of size ${list(weight)} instead`,
      );
    }
    if (first % groups !== 0) {
      refuse(
        where,
        `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size ${list(weight)} instead`,
      );
    }
    if (channels !== second * groups) {
      refuse(
        where,
        `Given groups=${groups}, weight of size ${list(weight)}, expected input${list(input)} to have ${second * groups} channels, ` +
          `but got ${channels} channels instead`,
      );
    }
  }
  const filters = transposed ? second * groups : first;
  if (bias !== null && (bias.length !== 1 || bias[0] !== filters)) {
    refuse(
      where,
      `Given ${transposed ? 'transposed=1, ' : ''}weight of size ${list(weight)}, expected bias to be 1-dimensional with ${filters} elements, ` +
        `but got bias of size ${list(bias)} instead`,
    );
  }
}

/** The problem's spatial axes, as three. */
export function axesOf(problem: Problem): [Axis, Axis, Axis] {
  return lift(
    problem.input.map((input, axis) => {
      const conv = {
        kernel: problem.kernel[axis],
        stride: problem.stride[axis],
        dilation: problem.dilation[axis],
        upsample: 1,
        padding: problem.paddingBegin[axis],
      };
      const output = problem.output[axis];
      // a transposed convolution is a convolution read from its output to its input
      return problem.transposed
        ? adjoint({ ...conv, input: output, output: input })
        : { ...conv, input, output };
    }),
  );
}

/** Floating point operations of the definition: two for each product. */
export function flops(problem: Problem): number {
  const positions = elements(problem.transposed ? problem.input : problem.output);
  return (
    2 *
    problem.batch *
    (problem.channels / problem.groups) *
    problem.filters *
    elements(problem.kernel) *
    positions
  );
}
