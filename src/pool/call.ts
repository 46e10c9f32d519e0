// Call: one call of a function over windows: its input is checked, its output is taken or made, and the windows are computed.

import { describe, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { allocate, type Tensor, type TensorLike } from '../core/tensor.js';
import { checkOut, inputTensor } from '../layers/call.js';
import { recording } from '../layers/recording.js';
import type { Rank } from '../problem/options.js';
import { type AnyPoolOptions, checkPool, type Kind, poolName } from './options.js';
import { pool } from './run.js';
import { axesOf } from './sizes.js';
import { type Divisor, evenWindows, joinWhole, type Windows } from './windows.js';

/**
 * Where an output goes: `out`, or a new tensor.
 * @throws TypeError if `out` is no tensor of float32, RangeError if its shape is another, or it shares memory with the input, and inside
 * `record`
 */
export function outputTensor(out: Tensor | undefined, shape: number[], x: Tensor, where: Where): Tensor {
  if (out === undefined) return allocate(shape, () => `the output ${describe(shape)} [${where()}]`);
  checkOut(out, shape, x, where);
  return out;
}

/**
 * Computes the windows of an input that was checked.
 * @param x what was handed over
 * @param input the same as a tensor
 */
export function poolInto(
  isMax: boolean,
  windows: readonly Windows[],
  x: TensorLike,
  input: Tensor,
  out: Tensor | undefined,
  where: Where,
): Tensor {
  const { recorder } = recording;
  const outer = input.shape.slice(0, -windows.length);
  const shape = [...outer, ...windows.map(({ output }) => output)];
  const output =
    recorder && out === undefined ? recorder.newOutput(shape, where) : outputTensor(out, shape, input, where);
  const maps = product(outer);
  const axes = joinWhole(windows);
  pool({ isMax, maps, axes }, input, output);
  recorder?.windowsCalled({ name: where, x, input, output, isMax, maps, axes });
  return output;
}

/** maxPool and avgPool of any rank. */
export function evenPool(
  name: Kind['name'],
  rank: Rank,
  given: TensorLike,
  kernelSize: unknown,
  options: AnyPoolOptions | undefined,
): Tensor {
  const kind = { name, rank };
  const named: Where = () => poolName(kind);
  const checked = checkPool(kind, kernelSize, options, named);
  const x = inputTensor(given, named);
  const where: Where = () => `${poolName(kind)} of input ${describe(x.shape)}`;
  const axes = axesOf(kind, checked, x.shape, where);
  const { countIncludePad, divisorOverride } = checked;
  const windows = axes.map((axis, index) =>
    evenWindows(axis, divisorOf(divisorOverride, countIncludePad, index)),
  );
  return poolInto(name === 'max', windows, given, x, options?.out, where);
}

/** What sums are divided by along an axis: a divisor of the caller's once, along the first. */
function divisorOf(override: number | null, countIncludePad: boolean, axis: number): Divisor {
  if (override !== null) return axis === 0 ? override : 1;
  return countIncludePad ? 'positions' : 'inputs';
}
