// TensorFlow.js with its wasm backend (XNNPACK), channels last.

import * as tf from '@tensorflow/tfjs-core';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands, outputShape, weightShape } from '../operands.js';
import { channelsFirst, channelsLast, type Prepared, type Rival } from './rival.js';
import { tfjsFiles } from './tfjs-files.js';
import { startTfjs } from './tfjs-start.js';

type Pair = [number, number];
const pair = (values: readonly number[]): Pair => [values[0], values[1]];

/** A 1-D layer is a 2-D layer of height 1. */
function twoDimensional(p: Problem): Problem {
  if (p.rank !== 1) return p;
  const front = (values: readonly number[], first: number) => [first, ...values];
  return {
    ...p,
    rank: 2,
    input: front(p.input, 1),
    output: front(p.output, 1),
    kernel: front(p.kernel, 1),
    stride: front(p.stride, 1),
    dilation: front(p.dilation, 1),
    paddingBegin: front(p.paddingBegin, 0),
    paddingEnd: front(p.paddingEnd, 0),
    outputPadding: front(p.outputPadding, 0),
  };
}

/** Weights with the kernel's axes first, then channels and filters in torch's order or exchanged. */
function kernelFirst(p: Problem, weight: Float32Array, exchanged: boolean): tf.Tensor {
  const [first, second, ...kernel] = weightShape(p);
  const space = kernel.map((_, axis) => axis + 2);
  const order = exchanged ? [...space, 1, 0] : [...space, 0, 1];
  return tf.tidy(() => tf.transpose(tf.tensor(weight, [first, second, ...kernel]), order));
}

/** The padding as 'same' or 'valid', the only ones of conv3d; null for any other, for which the input is padded first. */
function namedPadding(p: Problem): 'same' | 'valid' | null {
  if (p.kind.transposed) {
    const exact = p.input.every((size, axis) => p.output[axis] === size * p.stride[axis]);
    const full = p.paddingBegin.every((begin, axis) => begin === 0 && p.outputPadding[axis] === 0);
    return full ? 'valid' : exact ? 'same' : null;
  }
  const total = p.kernel.map((size, axis) => p.dilation[axis] * (size - 1));
  if (p.paddingBegin.every((begin, axis) => begin === 0 && p.paddingEnd[axis] === 0)) return 'valid';
  const same =
    p.stride.every((step) => step === 1) && total.every((t, axis) => 2 * p.paddingBegin[axis] === t);
  return same ? 'same' : null;
}

/** The operation on `x`, as a function that allocates its result. */
function operation(p: Problem, x: tf.Tensor, { weight, bias }: Operands): () => tf.Tensor {
  const b = tf.tensor1d(bias);
  const [batch, filters] = [p.batch, p.filters];
  const last = [batch, ...p.output, filters];
  const explicit = [[0, 0], ...p.paddingBegin.map((begin, axis) => [begin, p.paddingEnd[axis]]), [0, 0]];
  if (p.rank === 3) {
    const pad = namedPadding(p);
    if (pad === null) throw new RangeError('conv3d and conv3dTranspose pad only SAME or VALID');
    const [strides, dilations] = [p.stride, p.dilation] as [number, number, number][];
    const w = kernelFirst(p, weight, true) as tf.Tensor5D;
    return p.kind.transposed
      ? () => tf.add(tf.conv3dTranspose(x as tf.Tensor5D, w, last as tf.Tensor5D['shape'], strides, pad), b)
      : () => tf.add(tf.conv3d(x as tf.Tensor5D, w, strides, pad, 'NDHWC', dilations), b);
  }
  const [strides, dilations] = [pair(p.stride), pair(p.dilation)];
  // The types of the fused calls lack explicit padding, which the calls support.
  const pad = explicit as unknown as number;
  if (p.kind.transposed) {
    if (p.groups > 1) throw new RangeError('conv2dTranspose has no groups');
    if (dilations.some((step) => step > 1)) throw new RangeError('conv2dTranspose has no dilation');
    const w = kernelFirst(p, weight, true) as tf.Tensor4D;
    return () =>
      tf.add(tf.conv2dTranspose(x as tf.Tensor4D, w, last as tf.Tensor4D['shape'], strides, pad), b);
  }
  if (p.groups > 1 && p.groups === p.channels) {
    const w = kernelFirst(p, weight, false);
    const multiplier = filters / p.groups;
    const filter = tf.reshape(w, [p.kernel[0], p.kernel[1], p.channels, multiplier]) as tf.Tensor4D;
    return () => tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter, strides, pad, dilations, bias: b });
  }
  const filter = kernelFirst(p, weight, true) as tf.Tensor4D;
  return () => tf.fused.conv2d({ x: x as tf.Tensor4D, filter, strides, pad, dilations, bias: b });
}

async function prepare(given: Problem, operands: Operands): Promise<Prepared> {
  await startTfjs(tfjsFiles());
  if (given.paddingMode !== 'zeros') throw new RangeError(`no padding mode ${given.paddingMode}`);
  const p = twoDimensional(given);
  const shape = inputShape(p);
  const [batch, channels, ...space] = shape;
  tf.engine().startScope();
  const x = tf.tensor(channelsLast(operands.x, shape), [batch, ...space, channels]);
  const call = operation(p, x, operands);
  return {
    awaited: false,
    run: () => tf.dispose(tf.tidy(call)),
    output() {
      const y = tf.tidy(call);
      const data = channelsFirst(y.dataSync() as Float32Array, outputShape(p));
      y.dispose();
      return data;
    },
    dispose: () => tf.engine().endScope(),
  };
}

export const tfjs: Rival = {
  name: 'tfjs',
  resident: true,
  includes:
    'the call on resident tensors, channels last; y allocated and freed each run; the bias of transposed and 3-d layers is another operation',
  prepare,
};
