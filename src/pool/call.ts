// Call: one call of a function over windows: its input is checked, its output is taken or made, and the windows are computed.

import { describe, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { Recent } from '../core/recent.js';
import { allocate, type Shape, type Tensor, type TensorLike } from '../core/tensor.js';
import { checkOut, inputTensor } from '../layers/call.js';
import { recording } from '../layers/recording.js';
import type { Rank } from '../problem/options.js';
import { type AnyPoolOptions, checkPool, type Kind, poolName } from './options.js';
import { type Pooling, pool } from './run.js';
import { axesOf } from './sizes.js';
import { type Divisor, evenWindows, joinWhole, type Windows } from './windows.js';

/**
 * Where an output goes: `out`, or a new tensor.
 * @throws TypeError if `out` is not a tensor of float32, RangeError if its shape is another, or it shares memory with the input, and inside
 * `record`
 */
export function outputTensor(out: Tensor | undefined, shape: number[], x: Tensor, where: Where): Tensor {
  if (out === undefined) return allocate(shape, () => `the output ${describe(shape)} [${where()}]`);
  checkOut(out, shape, x, where);
  return out;
}

/** What calls of one kind, with the same sizes, share: its name says all that decides about it. */
interface Planned extends Pooling {
  readonly outputShape: readonly number[];
}

/** So many are remembered. */
const MOST_PLANNED = 64;
const planned = new Recent<string, Planned>(MOST_PLANNED);

/**
 * Computes the windows of an input.
 * @param call names the function, its options and sizes, and nothing else
 * @param windowsOf checks the sizes, and gives the windows of each axis
 * @param x what was handed over
 * @param input the same as a tensor
 */
export function poolInto(
  isMax: boolean,
  call: string,
  windowsOf: () => readonly Windows[],
  x: TensorLike,
  input: Tensor,
  out: Tensor | undefined,
  where: Where,
): Tensor {
  const { recorder } = recording;
  const pooling = planned.get(call) ?? planned.set(call, poolingOf(isMax, windowsOf(), input.shape));
  const { outputShape, maps, axes } = pooling;
  const output =
    recorder && out === undefined
      ? recorder.newOutput(outputShape, where)
      : outputTensor(out, [...outputShape], input, where);
  pool(pooling, input, output);
  recorder?.windowsCalled({ name: where, x, input, output, isMax, maps, axes });
  return output;
}

function poolingOf(isMax: boolean, windows: readonly Windows[], shape: Shape): Planned {
  const outer = shape.slice(0, -windows.length);
  const outputShape = [...outer, ...windows.map(({ output }) => output)];
  return { isMax, maps: product(outer), axes: joinWhole(windows), outputShape, layouts: [] };
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
  const { kernel, stride, padding, dilation, ceilMode, countIncludePad, divisorOverride } = checked;
  const call = `${poolName(kind)} ${x.shape} ${kernel} ${stride} ${padding} ${dilation} ${ceilMode} ${countIncludePad} ${divisorOverride}`;
  const windowsOf = () =>
    axesOf(kind, checked, x.shape, where).map((axis, index) =>
      evenWindows(axis, divisorOf(divisorOverride, countIncludePad, index)),
    );
  return poolInto(name === 'max', call, windowsOf, given, x, options?.out, where);
}

/** What sums are divided by along an axis: a divisor of the caller's once, along the first. */
function divisorOf(override: number | null, countIncludePad: boolean, axis: number): Divisor {
  if (override !== null) return axis === 0 ? override : 1;
  return countIncludePad ? 'positions' : 'inputs';
}
