// What a user's program types, and every TypeScript from 5.0 on must take: compiled by tests/package/programs.test.ts, never run.

import {
  type AnyLayer,
  Conv1d,
  Conv2d,
  type ConvFromOptions,
  type ConvOptions,
  ConvTranspose2d,
  type EpilogueOptions,
  functional as F,
  type ForwardOptions,
  type FunctionalOptions,
  type HalfArray,
  init,
  type KernelSizes,
  LazyConv2d,
  type LoadOptions,
  loadSafetensors,
  ResidentTensor,
  resident,
  type SafeTensor,
  type Sizes,
  type StateDict,
  saveSafetensors,
  type Tensor,
  type TensorLike,
  tensor,
  wasmModule,
} from 'convnd';
import { conv2d, type MaxPoolOptions, maxPool2d } from 'convnd/functional';
import { findMatches } from 'convnd/match';
import { gaussianFilter, gaussianFilter1d } from 'convnd/ndimage';
import { loadSafetensors as load } from 'convnd/safetensors';
import { correlate, correlateTemplate, FirFilter, lfilterZi } from 'convnd/signal';
import { setNumThreads } from 'convnd/threads';
import * as train from 'convnd/train';
import { init as initSeparate } from 'convnd/wasm';

// sizes that a program computes are number[], and a tuple's length is still counted
const sizes: number[] = [3, 3];
const fixed: readonly number[] = sizes;
const kernel: KernelSizes<2> = sizes;
const stride: Sizes<2> = fixed;
export const conv = new Conv2d(3, 8, sizes, { stride, padding: sizes.map((size) => size >> 1) });
export const layers = [
  new Conv2d(3, 8, kernel, { stride: [sizes[0], 1], dilation: Array<number>(2).fill(2) }),
  new LazyConv2d(1, conv.kernelSize, { stride: conv.stride, padding: conv.padding }),
  new Conv1d(1, 1, 3, { padding: [[2, 0]] }),
  new Conv1d(1, 1, [3], { padding: 'same' }),
  // @ts-expect-error three sizes for two axes
  new Conv2d(3, 8, [3, 3, 3]),
  // @ts-expect-error text is no size
  new Conv2d(3, 8, ['3', '3']),
];

interface Block {
  stride?: number;
  bias?: boolean;
  mode?: 'zeros' | 'reflect';
}

// options that may lack, as exactOptionalPropertyTypes sees them
export function block({ stride, bias, mode }: Block, out: Tensor | undefined, slope?: number): Tensor {
  const options: ConvOptions<2> = { stride, bias, paddingMode: mode };
  const layer = new Conv2d(3, 8, 3, { stride, padding: 1, bias, paddingMode: mode });
  const forward: ForwardOptions = {
    out,
    activation: slope === undefined ? 'relu' : 'leakyRelu',
    negativeSlope: slope,
  };
  const up = new ConvTranspose2d(1, 1, 1, { outputPadding: stride });
  up.forward([[[1]]], { out, outputSize: undefined });
  layer.outputShape([3, 3, 3], { outputSize: undefined });
  new Conv2d(1, 1, 1, options).dispose();
  return layer.forward([[[1]]], forward);
}

// a state dict, read
export function whole(bytes: Uint8Array, strict?: boolean, prefix?: string): number {
  const dict = loadSafetensors(bytes);
  const weight: SafeTensor = dict['conv.weight'];
  const state: StateDict = dict;
  const { data, shape } = state['conv.weight'];
  let count = shape.reduce((a, b) => a * b, 1) + data.length;
  for (const [name, value] of Object.entries(state)) count += name.length + value.shape.length;
  const options: LoadOptions = { strict, prefix };
  conv.loadStateDict(state, options);
  conv.loadStateDict(load(bytes), { prefix: 'conv.' });
  const from: ConvFromOptions<2> = { padding: 1, stride: sizes, batchNorm: prefix };
  const made: Conv2d = Conv2d.from(state, 'conv.', from);
  const own: StateDict = made.stateDict();
  const first: number | bigint = weight.data[0];
  const floats = new Float32Array(weight.data.length);
  for (let i = 0; i < floats.length; i++) floats[i] = Number(weight.data[i]);
  const asFloats = weight.data as Float32Array;
  const given: TensorLike = weight;
  const plain: Tensor = tensor(weight);
  made.bias = conv.bias;
  made.weight = [[[[1]]]];
  return (
    count + Number(first) + asFloats[0] + tensor(given).data[0] + plain.shape[0] + saveSafetensors(own).length
  );
}

export async function start(url: URL, bytes: Uint8Array): Promise<object> {
  await init({ bytes });
  await init({ url });
  await initSeparate();
  return wasmModule();
}

export const learning = Object.keys(train);

// all options may lack, wherever they are
export async function lacking(bytes: Uint8Array, none: undefined): Promise<unknown[]> {
  await init({ module: none, bytes, url: none, response: none });
  const optimizer = new train.SGD(conv.parameters(), { lr: none });
  optimizer.zeroGrad({ setToNone: none });
  return [
    await setNumThreads(none, { worker: none }),
    new train.StepLR(optimizer, 1, { gamma: none }),
    new train.CosineAnnealingLR(optimizer, 1, { etaMin: none }),
    resident({ shape: [1, 1, 1] }).channels(0, 1, { axis: none }),
    saveSafetensors({ a: { data: new Float32Array(1), shape: [1], dtype: none } }, none),
    correlateTemplate([1], [1], { normalize: none, demean: none }),
    lfilterZi([1, 1], { dtype: none }),
    gaussianFilter([1], 1, { order: none, truncate: none, radius: none, precision: none }),
    gaussianFilter1d([1], 1, { order: none, truncate: none, radius: none, precision: none }),
  ];
}

// a helper for every layer, and a loop for every optimizer
export function run(layer: AnyLayer, x: TensorLike, options?: ForwardOptions): Tensor {
  return layer.forward(x, { ...options, out: resident({ shape: layer.outputShape([1, 3, 8, 8]) }) });
}

export function fit(optimizer: train.Optimizer, loss: () => Tensor): void {
  optimizer.zeroGrad();
  train.record(loss).backward();
  optimizer.step();
}

export function every(x: Tensor): void {
  for (const layer of [conv, new ConvTranspose2d(3, 8, 3), new LazyConv2d(8, 3)]) {
    run(layer, x);
    for (const optimizer of [new train.SGD(layer.parameters()), new train.Adam(layer.parameters())])
      fit(optimizer, () => run(layer, x));
  }
}

// a function of one's own around those of convnd/functional
export function pooled(
  x: TensorLike,
  weight: TensorLike,
  bias?: HalfArray | null,
  options?: FunctionalOptions<2> & EpilogueOptions,
  pool?: MaxPoolOptions<2>,
): Tensor {
  return maxPool2d(conv2d(x, weight, bias, options), 2, pool);
}

export function more(x: Tensor): unknown[] {
  const hidden = resident({ shape: [1, 8, 8, 8] });
  const reverb = new FirFilter([1, 0.5]);
  const results = [
    conv.forward(x, { out: hidden }),
    reverb.process(x.data),
    correlate([1], [2], { mode: 'same', dtype: 'float64' }).data.length,
    findMatches([[1]], [[1]], { threshold: undefined })[0].position,
    gaussianFilter([1], 1, { mode: undefined }).data,
    F.conv1d([[1]], [[[1]]], null, { stride: sizes }),
    maxPool2d(x, sizes, { stride: undefined, padding: sizes }),
  ];
  hidden.dispose();
  return results;
}

/** Never called. */
export function called(x: Tensor): unknown {
  const hidden = resident(x);
  return [
    // @ts-expect-error a layer is not a function: call layer.forward(x)
    conv(x),
    // @ts-expect-error what only the library uses is not declared
    hidden.place,
    // @ts-expect-error
    hidden.whyFreed,
    // @ts-expect-error
    new ResidentTensor([1], hidden),
  ];
}
