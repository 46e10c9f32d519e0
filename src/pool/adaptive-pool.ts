// Adaptive pooling of any rank: the checks of adaptive average and adaptive max pooling, with torch's messages, and the call.

import { flag, optionsObject, whole } from '../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Shape, TensorLike } from '../core/tensor.js';
import { inputTensor } from '../layers/call.js';
import { poolInto } from './call.js';
import type { AnyPoolOptions, Kind } from './options.js';
import { adaptiveWindows } from './windows.js';

/** Returns the output, or with `returnIndices` the output and the indices. */
export function adaptivePool(
  name: Kind['name'],
  rank: Kind['rank'],
  x: TensorLike,
  outputSize: unknown,
  options: AnyPoolOptions | undefined,
): unknown {
  const kind = { name, rank };
  const called = adaptiveName(kind);
  const named: Where = () => called;
  optionsObject(options, name === 'max' ? ['out', 'returnIndices'] : ['out'], named);
  const returnIndices = flag(options?.returnIndices ?? false, 'return_indices', named);
  const input = inputTensor(x, named);
  const { shape } = input;
  const where: Where = () => `${called} of input ${describe(shape)}`;
  checkRank(kind, shape, where);
  const outputs = outputSizes(kind, outputSize, shape, where);
  const windowsOf = () => {
    checkSizes(kind, shape, where);
    return outputs.map((output, axis) => adaptiveWindows(shape[shape.length - rank + axis], output));
  };
  const key = `${called} ${shape} ${outputs}`;
  return poolInto({ key, isMax: name === 'max', returnIndices, x, input, where, windowsOf }, options?.out);
}

/** Torch's name of the function. */
const adaptiveName = ({ name, rank }: Kind): string => `adaptive_${name}_pool${rank}d`;

function checkRank(kind: Kind, shape: Shape, where: Where): void {
  const { name, rank } = kind;
  if (shape.length === rank + 1 || shape.length === rank + 2) return;
  const called = adaptiveName(kind);
  refuse(
    where,
    rank === 1
      ? `Expected 2 to 3 dimensions, but got ${shape.length}-dimensional tensor for argument #1 'self' (while checking arguments for ${called})`
      : `${called}(): Expected ${rank + 1}D or ${rank + 2}D tensor, but got${name === 'max' ? ':' : ''} ${asList(shape)}`,
  );
}

/** Checks that no axis is empty, with torch's message. */
function checkSizes({ name, rank }: Kind, shape: Shape, where: Where): void {
  // of batches, torch also checks the channels, except for means of one or two axes
  const isBatch = shape.length === rank + 2;
  const first = shape.length - rank - +(isBatch && (rank === 3 || name === 'max'));
  // torch implements the 1-D function by the 2-D one
  const [axes, shown] = rank === 1 ? [2, [...shape.slice(0, -1), 1, ...shape.slice(-1)]] : [rank, shape];
  const empty = shown.indexOf(0, first);
  if (empty < 0) return;
  refuse(
    where,
    `${adaptiveName({ name, rank: axes as Kind['rank'] })}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ${asList(shown)} with dimension ${empty} being empty`,
  );
}

function outputSizes(kind: Kind, given: unknown, shape: Shape, where: Where): number[] {
  const { name, rank } = kind;
  const list = typeof given === 'number' ? new Array<unknown>(rank).fill(given) : given;
  if (!Array.isArray(list))
    refuseKind(
      where,
      `output_size must be an integer or a tuple of ${rank} integers, but got ${describe(given)}`,
    );
  if (list.length !== rank) {
    refuse(
      where,
      rank === 1
        ? `${adaptiveName(kind)}() argument 'output_size' should contain one int (got ${list.length})`
        : name === 'max'
          ? `${adaptiveName(kind)}(): internal error: output_size.size() must be ${rank}`
          : `${adaptiveName(kind)}: output_size must be ${rank}`,
    );
  }
  // null is torch's None, which the 1-D function does not accept
  const sizes = list.map((size: unknown, axis) =>
    size === null && rank > 1 ? shape[shape.length - rank + axis] : whole(size, 'output_size', where),
  );
  if (sizes.some((size) => size < 0)) {
    // torch implements the 1-D functions by the 2-D ones
    const all = rank === 1 ? [1, ...sizes] : sizes;
    refuse(
      where,
      name === 'max'
        ? `Trying to create tensor with negative dimension ${all.find((size) => size < 0)}: ${asList([...shape.slice(0, -rank), ...all])}`
        : `adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but received {${all.join(', ')}}`,
    );
  }
  return sizes;
}
