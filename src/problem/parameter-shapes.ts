// Checks the shapes of weights and biases that a caller passes, with torch's messages. Those of layers are right by construction.

import { asList, refuse, type Where } from '../core/errors.js';
import type { Shape } from '../core/tensor.js';
import type { CheckedOptions } from './options.js';
import { checkInputChannels, functionName, splitInput } from './problem.js';

/** The shapes of the arguments of a functional. */
interface ArgumentShapes {
  readonly input: Shape;
  readonly weight: Shape;
  readonly bias: Shape | null;
}

/**
 * Checks the shapes of weight and bias for an input shape.
 * @throws RangeError where torch throws, with its message
 */
export function checkParameterShapes(options: CheckedOptions, shapes: ArgumentShapes, where: Where): void {
  const { kind, rank, groups } = options;
  const { input, weight, bias } = shapes;
  checkWeightRank(weight, input, rank, where);
  const { channels } = splitInput(input, rank, functionName(options), where);
  // in torch's order, which decides which error comes first
  if (!kind.transposed && weight[0] < groups) {
    refuse(
      where,
      `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got weight of size ${asList(weight)} instead`,
    );
  }
  if (!kind.transposed) checkDivisible(weight, groups, where);
  checkInputChannels(options, weight, channels, input, where);
  if (kind.transposed) {
    checkDivisible(weight, groups, where);
    if (weight[1] === 0) refuse(where, `non-empty weight tensor expected, but got: ${asList(weight)}`);
  }
  if (bias !== null) checkBias(bias, weight, options, where);
  const kernel = weight.slice(2);
  if (kernel.some((size) => size <= 0)) {
    refuse(where, `kernel size should be greater than zero, but got kernel size ${asList(kernel)}`);
  }
}

function checkWeightRank(weight: Shape, input: Shape, rank: number, where: Where): void {
  if (weight.length === rank + 2) return;
  if (weight.length < 3) refuse(where, 'weight should have at least three dimensions');
  refuse(
    where,
    `Expected ${weight.length}-dimensional input for ${weight.length}-dimensional weight ${asList(weight)}, ` +
      `but got ${input.length}-dimensional input of size ${asList(input)} instead`,
  );
}

function checkDivisible(weight: Shape, groups: number, where: Where): void {
  if (weight[0] % groups === 0) return;
  refuse(
    where,
    `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size ${asList(weight)} instead`,
  );
}

function checkBias(bias: Shape, weight: Shape, { kind, groups }: CheckedOptions, where: Where): void {
  const { filters } = kind.mapsOf(weight, groups);
  if (bias.length === 1 && bias[0] === filters) return;
  refuse(
    where,
    `Given ${kind.transposed ? 'transposed=1, ' : ''}weight of size ${asList(weight)}, expected bias to be 1-dimensional with ${filters} elements, ` +
      `but got bias of size ${asList(bias)} instead`,
  );
}
