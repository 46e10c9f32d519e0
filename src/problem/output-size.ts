// Sizes: of padding and output, computed and checked as torch computes and checks them.

import { checkShape } from '../core/arguments.js';
import { refuse, type Where } from '../core/errors.js';
import type { Shape } from '../core/tensor.js';
import type { Operator } from './options.js';
import type { Problem } from './problem.js';

export function paddingOf(
  op: Operator,
  kernel: readonly number[],
): { paddingBegin: readonly number[]; paddingEnd: readonly number[] } {
  if (op.padding === 'valid') {
    const none = kernel.map(() => 0);
    return { paddingBegin: none, paddingEnd: none };
  }
  if (op.padding === 'same') {
    // the odd one goes to the end
    const total = kernel.map((size, axis) => op.dilation[axis] * (size - 1));
    const begin = total.map((size) => Math.floor(size / 2));
    return { paddingBegin: begin, paddingEnd: total.map((size, axis) => size - begin[axis]) };
  }
  return { paddingBegin: op.padding, paddingEnd: op.paddingEnd ?? op.padding };
}

export type Sized = Omit<Problem, 'output' | 'outputPadding'>;

export function convOutput(p: Sized, where: Where): number[] {
  const padded = p.input.map((size, axis) => size + p.paddingBegin[axis] + p.paddingEnd[axis]);
  p.input.forEach((size, axis) => {
    const largest = Math.max(p.paddingBegin[axis], p.paddingEnd[axis]);
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
  const reach = p.kernel.map((size, axis) => p.dilation[axis] * (size - 1) + 1);
  if (padded.some((size, axis) => size < reach[axis])) {
    refuse(
      where,
      `Calculated padded input size per channel: (${padded.join(' x ')}). Kernel size: (${reach.join(' x ')}). ` +
        "Kernel size can't be greater than actual input size",
    );
  }
  return padded.map((size, axis) => Math.floor((size - reach[axis]) / p.stride[axis]) + 1);
}

export function transposedProblem(
  p: Sized,
  op: Operator,
  outputSize: readonly number[] | undefined,
  input: Shape,
  where: Where,
): Problem {
  const least = p.input.map(
    (size, axis) =>
      (size - 1) * p.stride[axis] -
      p.paddingBegin[axis] -
      p.paddingEnd[axis] +
      p.dilation[axis] * (p.kernel[axis] - 1) +
      1,
  );
  const outputPadding = outputSize ? paddingFor(outputSize, least, p, input, where) : op.outputPadding;
  const output = least.map((size, axis) => size + outputPadding[axis]);
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
  const most = least.map((size, axis) => size + p.stride[axis] - 1);
  if (sizes.some((size, axis) => size < least[axis] || size > most[axis])) {
    refuse(
      where,
      `requested an output size of ${list(sizes)}, but valid sizes range from ${list(least)} to ${list(most)} ` +
        `(for an input of torch.Size(${list(p.input)}))`,
    );
  }
  return sizes.map((size, axis) => size - least[axis]);
}

export function list(sizes: readonly number[]): string {
  return `[${sizes.join(', ')}]`;
}
