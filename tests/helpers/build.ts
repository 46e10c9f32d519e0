// Makes convnd's layers and reference problems from torch's arguments and from problems.

import * as convnd from 'convnd';
import type { PaddingMode, Problem } from '../reference/reference.js';
import { camelCase, camelCased, type TorchArgs, type TorchLayer } from './fixtures.js';

/** A layer of any rank, with options and shapes that are known at run time only. */
export interface AnyLayer {
  weight: convnd.Tensor;
  bias: convnd.Tensor | null;
  algorithm?: string;
  winograd: convnd.Winograd;
  forward(x: convnd.TensorLike, options?: convnd.TransposeForwardOptions): convnd.Tensor;
  loadStateDict(
    dict: Record<string, convnd.TensorLike>,
    options?: { strict?: boolean; prefix?: string },
  ): { missingKeys: string[]; unexpectedKeys: string[] };
  stateDict(prefix?: string): Record<string, convnd.Tensor>;
  parameters(): convnd.Parameter[];
  outputShape(inputShape: readonly number[], options?: { outputSize?: number[] }): number[];
  explain(inputShape: readonly number[]): string;
  dispose(): void;
}

type Options = Record<string, unknown>;
type LayerClass = new (
  inChannels: unknown,
  outChannels: unknown,
  kernelSize: unknown,
  options?: Options,
) => AnyLayer;
type LazyClass = new (outChannels: unknown, kernelSize: unknown, options?: Options) => AnyLayer;
type Functional = (
  x: convnd.TensorLike,
  weight: convnd.TensorLike,
  bias?: convnd.TensorLike | null,
  options?: Options,
) => convnd.Tensor;

export const moduleNames = [
  'Conv1d',
  'Conv2d',
  'Conv3d',
  'ConvTranspose1d',
  'ConvTranspose2d',
  'ConvTranspose3d',
];

// The public types are narrower than what the tests hand in: every rank, and wrong arguments on purpose.
const exported = convnd as unknown as Record<string, LayerClass & LazyClass>;
const functionals = convnd.functional as unknown as Record<string, Functional>;

export const layerClass = (module: string): LayerClass => exported[module];
export const lazyClass = (module: string): LazyClass => exported[`Lazy${module}`];

/** The functional of that class or torch name: Conv2d, conv_transpose3d. */
export const functionalOf = (name: string): Functional =>
  functionals[camelCase(name[0].toLowerCase() + name.slice(1))];

/** Torch's keyword arguments as options: only those given, in camel case. */
export function optionsOf(args: TorchArgs): Options {
  const { in_channels, out_channels, kernel_size, ...options } = args;
  return camelCased(options);
}

/** The layer that torch.nn makes of the same arguments. */
export function torchLayer({ module, args }: TorchLayer): AnyLayer {
  if (module.startsWith('Lazy'))
    return new (exported[module] as LazyClass)(args.out_channels, args.kernel_size, optionsOf(args));
  return new (layerClass(module))(args.in_channels, args.out_channels, args.kernel_size, optionsOf(args));
}

/** What the layer computes for an input of that shape (without batch: batch 1). */
export function torchProblem({ module, args }: TorchLayer, shape: number[], outputSize?: number[]): Problem {
  const rank = Number(module.at(-2));
  const transposed = module.startsWith('ConvTranspose');
  const each = (value: number | number[] | undefined, usual: number): number[] => {
    if (typeof value === 'object' && value.length > 1) return value;
    return Array(rank).fill(typeof value === 'object' ? value[0] : (value ?? usual));
  };
  const kernel = each(args.kernel_size, 1);
  const dilation = each(args.dilation, 1);
  const stride = each(args.stride, 1);
  const problem: Problem = {
    transposed,
    batch: shape.length > rank + 1 ? shape[0] : 1,
    groups: args.groups ?? 1,
    channels: args.in_channels!,
    filters: args.out_channels!,
    input: shape.slice(-rank),
    kernel,
    stride,
    padding: paddingOf(args.padding, kernel, dilation, each),
    dilation,
    outputPadding: each(args.output_padding, 0),
    mode: (args.padding_mode ?? 'zeros') as PaddingMode,
  };
  if (!outputSize) return problem;
  const least = (axis: number): number =>
    (problem.input[axis] - 1) * stride[axis] -
    2 * problem.padding[axis][0] +
    dilation[axis] * (kernel[axis] - 1) +
    1;
  return { ...problem, outputPadding: outputSize.slice(-rank).map((size, axis) => size - least(axis)) };
}

function paddingOf(
  padding: TorchArgs['padding'],
  kernel: number[],
  dilation: number[],
  each: (value: number | number[] | undefined, usual: number) => number[],
): [number, number][] {
  if (padding === 'same') {
    return kernel.map((size, axis) => {
      const total = dilation[axis] * (size - 1);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
  }
  return each(padding === 'valid' ? 0 : (padding as number | number[] | undefined), 0).map((p) => [p, p]);
}

/** A layer for the problem. Sides that differ like those of 'same' are asked for by that name, others as pairs. */
export function problemLayer(p: Problem, bias: boolean): AnyLayer {
  const isSame = p.padding.every(([begin, end], axis) => {
    const total = p.dilation[axis] * (p.kernel[axis] - 1);
    return begin === Math.floor(total / 2) && end === Math.ceil(total / 2) && p.stride[axis] === 1;
  });
  const differ = p.padding.some(([begin, end]) => begin !== end);
  const { stride, dilation, groups, outputPadding } = p;
  const module = `Conv${p.transposed ? 'Transpose' : ''}${p.kernel.length}d`;
  return new (layerClass(module))(p.channels, p.filters, p.kernel, {
    stride,
    padding: !differ ? p.padding.map(([begin]) => begin) : isSame && !p.transposed ? 'same' : p.padding,
    dilation,
    groups,
    bias,
    ...(p.transposed ? { outputPadding } : { paddingMode: p.mode }),
  });
}
