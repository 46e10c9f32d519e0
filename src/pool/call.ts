// One call of a pooling function: checks the arguments, allocates the output if `out` is not given, and caches the plan by sizes.

import { describe, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { Recent } from '../core/recent.js';
import { allocate, type Shape, type Tensor, type TensorLike } from '../core/tensor.js';
import { stepOf } from '../engine/address.js';
import { checkOut, inputTensor } from '../layers/call.js';
import { findLargest, windowTable } from '../layers/largest.js';
import { checkCopy, recording } from '../layers/recording.js';
import type { Rank } from '../problem/sizes.js';
import { copyOfTensor, numbersIn } from '../run/tensors.js';
import { type AnyPoolOptions, checkPool, type Kind, type MaxPoolIndices, poolName } from './options.js';
import { type Pooling, pool } from './run.js';
import { axesOf } from './sizes.js';
import { type Divisor, evenWindows, joinWhole, type Windows } from './windows.js';

/**
 * The tensor for an output: `out`, or a new one.
 * @throws TypeError if `out` is not a float32 tensor, RangeError if it has the wrong shape, overlaps the input, or is given inside `record`
 */
export function outputTensor(out: Tensor | undefined, shape: number[], x: Tensor, where: Where): Tensor {
  checkCopy(where);
  if (out === undefined) return allocate(shape, () => `the output ${describe(shape)} [${where()}]`);
  checkOut(out, shape, x, where);
  return out;
}

/** The plan of a call. */
interface Planned extends Pooling {
  readonly outputShape: readonly number[];
}

/** Plans of recent calls. The key is a string of the function, its options and sizes. */
const CACHE_SIZE = 64;
const planned = new Recent<string, Planned>(CACHE_SIZE);

/** A call whose options are checked. */
interface PoolCall {
  /** the key of the plan cache: the function, its options and sizes */
  readonly key: string;
  readonly isMax: boolean;
  readonly returnIndices: boolean;
  /** the input as the caller passed it, and as a tensor */
  readonly x: TensorLike;
  readonly input: Tensor;
  readonly where: Where;
  /** checks the sizes and returns the windows of each axis; called if the plan is not cached */
  windowsOf(): readonly Windows[];
}

/** Computes a pooling function into `out`, or into a new tensor. Returns the output, or with `returnIndices` the output and the indices. */
export function poolInto(call: PoolCall, out: Tensor | undefined): unknown {
  const { key, isMax, x, input, where } = call;
  const { recorder } = recording;
  const pooling = planned.get(key) ?? planned.set(key, poolingOf(isMax, call.windowsOf(), input.shape));
  const { outputShape, maps, axes } = pooling;
  const output =
    recorder && out === undefined
      ? recorder.newOutput(outputShape, where)
      : outputTensor(out, [...outputShape], input, where);
  pool(pooling, input, output);
  recorder?.windowsCalled({ name: where, x, input, output, isMax, maps, axes });
  return call.returnIndices ? [output, indicesOf(pooling, input, output.shape)] : output;
}

function poolingOf(isMax: boolean, windows: readonly Windows[], shape: Shape): Planned {
  const outer = shape.slice(0, -windows.length);
  const outputShape = [...outer, ...windows.map(({ output }) => output)];
  return { isMax, maps: product(outer), axes: joinWhole(windows), outputShape, layouts: [] };
}

/** Max and average pooling of any rank. Returns the output, or with `returnIndices` the output and the indices. */
export function evenPool(
  name: Kind['name'],
  rank: Rank,
  x: TensorLike,
  kernelSize: unknown,
  options: AnyPoolOptions | undefined,
): unknown {
  const kind = { name, rank };
  const named: Where = () => poolName(kind);
  const checked = checkPool(kind, kernelSize, options, named);
  const input = inputTensor(x, named);
  const where: Where = () => `${poolName(kind)} of input ${describe(input.shape)}`;
  const { kernel, stride, padding, dilation, ceilMode, countIncludePad, divisorOverride } = checked;
  const key = `${poolName(kind)} ${input.shape} ${kernel} ${stride} ${padding} ${dilation} ${ceilMode} ${countIncludePad} ${divisorOverride}`;
  const windowsOf = () =>
    axesOf(kind, checked, input.shape, where).map((axis, index) =>
      evenWindows(axis, divisorOf(divisorOverride, countIncludePad, index)),
    );
  const { returnIndices } = checked;
  return poolInto({ key, isMax: name === 'max', returnIndices, x, input, where, windowsOf }, options?.out);
}

/** Where the maxima lie. */
function indicesOf({ axes, maps }: Pooling, input: Tensor, shape: Shape): MaxPoolIndices {
  const { data: numbers } = stepOf(input) < 0 ? { data: numbersIn(input) } : copyOfTensor(input);
  const tables = axes.map(windowTable);
  const [size, outputs] = [numbers.length / maps, product(shape) / maps];
  const data = new Int32Array(product(shape));
  for (let map = 0; map < maps; map++)
    findLargest(
      tables,
      numbers.subarray(map * size, (map + 1) * size),
      data.subarray(map * outputs, (map + 1) * outputs),
    );
  return { data, shape: [...shape] };
}

/** The divisor along an axis. `divisorOverride` applies once, along the first axis. */
function divisorOf(override: number | null, countIncludePad: boolean, axis: number): Divisor {
  if (override !== null) return axis === 0 ? override : 1;
  return countIncludePad ? 'positions' : 'inputs';
}
