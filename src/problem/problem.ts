// Problem: a convolution as in torch, with all its sizes, checked with torch's messages. line.ts formats it.

import { asList, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Shape } from '../core/tensor.js';
import type { Kind, OutputSizes, Sized } from './kind.js';
import { type CheckedOptions, paddingOf } from './options.js';
import type { Rank } from './sizes.js';

/** A convolution with all its sizes. Channels and filters are those of all groups together. */
export interface Problem extends Sized, OutputSizes {}

/** The shapes that a problem is made from. */
interface ProblemShapes {
  readonly input: Shape;
  readonly weight: Shape;
  readonly outputSize?: readonly number[] | undefined;
  readonly upsample?: readonly number[] | undefined;
}

/** Torch's name of the functional. */
export function functionName({ kind, rank }: { kind: Kind; rank: Rank }): string {
  return `${kind.functional}${rank}d`;
}

/**
 * The problem of a convolution for an input shape. An input without batch counts as a batch of one. The shapes of weight and bias fit the
 * options: those of a caller are checked by `checkParameterShapes`.
 * @throws RangeError where torch throws, with its message
 */
export function problemOf(options: CheckedOptions, shapes: ProblemShapes, where: Where): Problem {
  const { kind, rank, groups } = options;
  const { input, weight } = shapes;
  const { batch, channels, sizes } = splitInput(input, rank, functionName(options), where);
  checkInputChannels(options, weight, channels, input, where);
  const kernel = weight.slice(2);
  const sized: Sized = {
    kind,
    rank,
    batch,
    groups,
    channels,
    // as in torch, an input without channels gives an output without channels, whatever the weight's shape
    filters: !kind.transposed && channels === 0 ? 0 : kind.mapsOf(weight, groups).filters,
    input: sizes,
    upsample: shapes.upsample ?? sizes.map(() => 1),
    kernel,
    stride: options.stride,
    dilation: options.dilation,
    ...paddingOf(options, kernel),
    paddingMode: options.paddingMode,
  };
  const outputSizes = kind.outputSizes(sized, options.outputPadding, shapes.outputSize, input, where);
  if (sizes.some((size) => size === 0)) {
    refuse(
      where,
      `Only zero batch or zero channel inputs are supported, but got input shape: ${asList(input)}`,
    );
  }
  return { ...sized, ...outputSizes };
}

/**
 * The batch, channels and spatial sizes of an input. An input without batch counts as a batch of one.
 * @param name the layer or functional, for the error message
 * @throws RangeError for a shape of another rank
 */
export function splitInput(
  input: Shape,
  rank: Rank,
  name: string,
  where: Where,
): { batch: number; channels: number; sizes: number[] } {
  if (input.length !== rank + 1 && input.length !== rank + 2) {
    refuse(
      where,
      `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${name}, ` +
        `but got input of size: ${asList(input)}`,
    );
  }
  const [batch, channels] = input.length === rank + 2 ? input : [1, input[0]];
  return { batch, channels, sizes: input.slice(-rank) };
}

/**
 * Checks that an input has the channels of a weight.
 * @throws RangeError with torch's message
 */
export function checkInputChannels(
  { kind, groups }: CheckedOptions,
  weight: Shape,
  channels: number,
  input: Shape,
  where: Where,
): void {
  const expected = kind.mapsOf(weight, groups).channels;
  if (channels === expected) return;
  refuse(
    where,
    `Given ${kind.transposed ? 'transposed=1' : `groups=${groups}`}, weight of size ${asList(weight)}, ` +
      `expected input${asList(input)} to have ${expected} channels, but got ${channels} channels instead`,
  );
}

/** The floating-point operations of the definition, two per product. */
export function flops(problem: Problem): number {
  const positions = product(problem.kind.transposed ? problem.input : problem.output);
  return (
    2 *
    problem.batch *
    (problem.channels / problem.groups) *
    problem.filters *
    product(problem.kernel) *
    positions
  );
}
