// Problem: one convolution with all its sizes, checked as torch checks them. It prints as one line, which parses back.

import { checkShape, refuse, type Where } from './check.js';
import { type Axis, adjoint, lift, type PaddingMode } from './geometry.js';
import type { Operator, Rank } from './operator.js';
import { elements, type Shape } from './tensor.js';

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
  const batch = batched ? (input[0] as number) : 1;
  const channels = input[batched ? 1 : 0] as number;
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
    filters: transposed ? (weight[1] as number) * groups : channels === 0 ? 0 : (weight[0] as number),
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
  const first = weight[0] as number;
  const second = weight[1] as number;
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

function paddingOf(
  op: Operator,
  kernel: readonly number[],
): { paddingBegin: readonly number[]; paddingEnd: readonly number[] } {
  if (op.padding === 'valid') {
    const none = kernel.map(() => 0);
    return { paddingBegin: none, paddingEnd: none };
  }
  if (op.padding === 'same') {
    // the odd one goes to the end
    const total = kernel.map((size, axis) => (op.dilation[axis] as number) * (size - 1));
    const begin = total.map((size) => Math.floor(size / 2));
    return { paddingBegin: begin, paddingEnd: total.map((size, axis) => size - (begin[axis] as number)) };
  }
  return { paddingBegin: op.padding, paddingEnd: op.padding };
}

type Sized = Omit<Problem, 'output' | 'outputPadding'>;

function convOutput(p: Sized, where: Where): number[] {
  const padded = p.input.map(
    (size, axis) => size + (p.paddingBegin[axis] as number) + (p.paddingEnd[axis] as number),
  );
  p.input.forEach((size, axis) => {
    const largest = Math.max(p.paddingBegin[axis] as number, p.paddingEnd[axis] as number);
    if (p.paddingMode === 'reflect' && largest >= size) {
      refuse(
        where,
        'Padding size should be less than the corresponding input dimension, but got: padding ' +
          `(${p.paddingBegin[axis]}, ${p.paddingEnd[axis]}) at spatial dimension ${axis} of input ${list(p.input)}`,
      );
    }
    if (p.paddingMode === 'circular' && largest > size) {
      refuse(
        where,
        'Padding value causes wrapping around more than once. Got padding ' +
          `(${p.paddingBegin[axis]}, ${p.paddingEnd[axis]}) at spatial dimension ${axis} of input ${list(p.input)}`,
      );
    }
  });
  const reach = p.kernel.map((size, axis) => (p.dilation[axis] as number) * (size - 1) + 1);
  if (padded.some((size, axis) => size < (reach[axis] as number))) {
    refuse(
      where,
      `Calculated padded input size per channel: (${padded.join(' x ')}). Kernel size: (${reach.join(' x ')}). ` +
        "Kernel size can't be greater than actual input size",
    );
  }
  return padded.map(
    (size, axis) => Math.floor((size - (reach[axis] as number)) / (p.stride[axis] as number)) + 1,
  );
}

function transposedProblem(
  p: Sized,
  op: Operator,
  outputSize: readonly number[] | undefined,
  input: Shape,
  where: Where,
): Problem {
  const least = p.input.map(
    (size, axis) =>
      (size - 1) * (p.stride[axis] as number) -
      (p.paddingBegin[axis] as number) -
      (p.paddingEnd[axis] as number) +
      (p.dilation[axis] as number) * ((p.kernel[axis] as number) - 1) +
      1,
  );
  const outputPadding = outputSize ? paddingFor(outputSize, least, p, input, where) : op.outputPadding;
  const output = least.map((size, axis) => size + (outputPadding[axis] as number));
  if (output.some((size) => size < 0)) {
    refuse(
      where,
      `Given input size per channel: (${p.input.join(' x ')}). Calculated output size per channel: (${output.join(' x ')}). ` +
        'Output size is too small',
    );
  }
  return { ...p, outputPadding, output };
}

function paddingFor(
  wanted: readonly number[],
  least: readonly number[],
  p: Sized,
  input: Shape,
  where: Where,
): number[] {
  const { rank } = p;
  checkShape(wanted, 'output_size', where);
  const full = input.length;
  if (wanted.length !== rank && wanted.length !== full) {
    refuse(
      where,
      `ConvTranspose${rank}D: for ${full}D input, output_size must have ${rank} or ${full} elements (got ${wanted.length})`,
    );
  }
  const sizes = wanted.slice(-rank);
  const most = least.map((size, axis) => size + (p.stride[axis] as number) - 1);
  if (sizes.some((size, axis) => size < (least[axis] as number) || size > (most[axis] as number))) {
    refuse(
      where,
      `requested an output size of ${list(sizes)}, but valid sizes range from ${list(least)} to ${list(most)} ` +
        `(for an input of torch.Size(${list(p.input)}))`,
    );
  }
  return sizes.map((size, axis) => size - (least[axis] as number));
}

/**
 * Checks that input, output and weight fit arrays.
 * @throws RangeError that names the bytes and the problem line
 */
export function checkSize(problem: Problem, where: Where): void {
  for (const [name, count] of [
    ['input', problem.batch * problem.channels * elements(problem.input)],
    ['output', problem.batch * problem.filters * elements(problem.output)],
    ['weight', (problem.channels / problem.groups) * problem.filters * elements(problem.kernel)],
  ] as const) {
    if (count > 0x7fffffff) {
      refuse(
        where,
        `the ${name} would take ${count * 4} bytes, more than any array can hold: ${formatProblem(problem)}`,
      );
    }
  }
}

function list(sizes: readonly number[]): string {
  return `[${sizes.join(', ')}]`;
}

/** The problem's spatial axes, as three. */
export function axesOf(problem: Problem): [Axis, Axis, Axis] {
  return lift(
    problem.input.map((input, axis) => {
      const conv = {
        kernel: problem.kernel[axis] as number,
        stride: problem.stride[axis] as number,
        dilation: problem.dilation[axis] as number,
        upsample: 1,
        padding: problem.paddingBegin[axis] as number,
      };
      const output = problem.output[axis] as number;
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

/**
 * The problem's line: `n1 g1 c64 f64 i56x56 k3x3 p1x1`. A leading T marks a transposed convolution, `s` stride, `p` padding
 * (`begin:end` where they differ), `d` dilation, `o` output padding; what has its default is left out.
 */
export function formatProblem(p: Problem): string {
  const part = (name: string, sizes: readonly (number | string)[], ordinary: number) =>
    sizes.every((size) => size === ordinary) ? '' : ` ${name}${sizes.join('x')}`;
  const padding = p.paddingBegin.map((begin, axis) =>
    begin === p.paddingEnd[axis] ? begin : `${begin}:${p.paddingEnd[axis]}`,
  );
  return (
    `${p.transposed ? 'T ' : ''}n${p.batch} g${p.groups} c${p.channels} f${p.filters} i${p.input.join('x')} k${p.kernel.join('x')}` +
    part('s', p.stride, 1) +
    part('p', padding, 0) +
    part('d', p.dilation, 1) +
    part('o', p.outputPadding, 0) +
    (p.paddingMode === 'zeros' ? '' : ` ${p.paddingMode}`)
  );
}

/**
 * Reads a problem's line.
 * @throws RangeError if the line is not of that form, or torch would refuse the problem
 */
export function parseProblem(line: string): Problem {
  const where: Where = () => `problem line '${line}'`;
  const words = line.trim().split(/\s+/);
  const transposed = words[0] === 'T';
  if (transposed) words.shift();
  const fields = new Map<string, string>();
  let paddingMode: PaddingMode = 'zeros';
  for (const word of words) {
    if (word === 'reflect' || word === 'replicate' || word === 'circular') paddingMode = word;
    else if (/^[ngcfikspdo]-?\d+([x:]-?\d+)*$/.test(word) && !fields.has(word[0] as string))
      fields.set(word[0] as string, word.slice(1));
    else refuse(where, `'${word}' has no place in a problem line`);
  }
  const number = (name: string, ordinary?: number): number => {
    const value = fields.get(name) ?? ordinary;
    if (value === undefined) refuse(where, `a problem line needs ${name}`);
    return Number(value);
  };
  const input = (fields.get('i') ?? refuse(where, 'a problem line needs i')).split('x').map(Number);
  const rank = input.length as Rank;
  const sizes = (name: string, ordinary: number): string[] => {
    const values = fields.get(name)?.split('x') ?? [String(ordinary)];
    if (values.length !== 1 && values.length !== rank) refuse(where, `${name} must have 1 or ${rank} sizes`);
    return values.length === rank ? values : new Array<string>(rank).fill(values[0] as string);
  };
  const padding = sizes('p', 0).map((word) => word.split(':').map(Number));
  const common: Sized = {
    transposed,
    rank,
    batch: number('n', 1),
    groups: number('g', 1),
    channels: number('c'),
    filters: number('f'),
    input,
    kernel: sizes('k', 1).map(Number),
    stride: sizes('s', 1).map(Number),
    dilation: sizes('d', 1).map(Number),
    paddingBegin: padding.map((pair) => pair[0] as number),
    paddingEnd: padding.map((pair) => pair.at(-1) as number),
    paddingMode,
  };
  const outputPadding = sizes('o', 0).map(Number);
  if (!transposed) return { ...common, outputPadding, output: convOutput(common, where) };
  const op: Operator = { ...common, padding: common.paddingBegin, outputPadding };
  return transposedProblem(common, op, undefined, [common.batch, common.channels, ...input], where);
}
