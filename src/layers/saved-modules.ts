// What `from` reads of a state dict: a convolution, in any form in which torch saves its weight, and a BatchNorm.

import { describe, refuse, type Where } from '../core/errors.js';
import { asTensor, type Shape, sameShape, type Tensor } from '../core/tensor.js';
import type { Kind } from '../problem/kind.js';
import { type Fold, maskedWeight, normWeight, spectralWeight, type WriteWeight } from './fold-norms.js';
import { readState, type StateDictLike } from './state.js';

/**
 * The names under which torch saves a weight, the main tensor first: plain, weight_norm and spectral_norm (each as a hook, then as a
 * parametrization), the earliest spectral_norm, which saved the weight as well, and pruning.
 */
const FORMS: readonly (readonly [names: readonly string[], fold?: Fold])[] = [
  [['weight']],
  [['weight_v', 'weight_g'], normWeight],
  [['parametrizations.weight.original1', 'parametrizations.weight.original0'], normWeight],
  [['weight_orig', 'weight_u', 'weight_v'], spectralWeight],
  [
    ['parametrizations.weight.original', 'parametrizations.weight.0._u', 'parametrizations.weight.0._v'],
    spectralWeight,
  ],
  [['weight', 'weight_orig', 'weight_u']],
  [['weight_orig', 'weight_mask'], maskedWeight],
];
const AFFINE = ['weight', 'bias'];

/** The names that tell a convolution's prefix, and a BatchNorm's. */
export const CONVOLUTION_NAMES: readonly string[] = ['bias', ...FORMS.flatMap(([names]) => names)];
export const BATCH_NORM_NAMES: readonly string[] = ['running_mean', 'running_var'];

/** A convolution as saved. */
interface SavedConvolution {
  /** the first arguments of its constructor */
  readonly sizes: readonly [inChannels: number, outChannels: number, kernelSize: readonly number[]];
  /** the saved weight, or the main tensor of a reparametrization */
  readonly saved: Float32Array;
  /** writes the weight that torch computes from a reparametrization's tensors; undefined where the weight itself is saved */
  readonly fold: WriteWeight | undefined;
  readonly bias: Tensor | undefined;
}

/** A layer's part of a state dict. */
export interface Source {
  /** the layer's name, and that of its `from`, for error messages */
  readonly name: string;
  readonly where: Where;
  readonly dict: StateDictLike;
  readonly prefix: string;
  /** a longer prefix, whose names belong to another module */
  readonly apart: string | undefined;
}

/**
 * Reads a convolution and computes its weight.
 * @throws RangeError for missing or unexpected names and mismatched sizes
 */
export function savedConvolution(
  source: Source,
  { transposed, mapsOf }: Kind,
  rank: number,
  groups: number,
): SavedConvolution {
  const { prefix, where } = source;
  // the form with the most names present, so that an error message lists the missing ones
  const [form, fold] = FORMS.reduce((best, next) =>
    present(source, next[0]).length > present(source, best[0]).length ? next : best,
  );
  const tensors = read(source, [...form, ...present(source, ['bias'])], null);
  const [raw, ...others] = form.map((key) => tensors.get(key)!);
  const bias = tensors.get('bias');
  // a Linear's weight (out, in) is that of a convolution with a kernel of one element
  const isLinear = raw.shape.length === 2 && !transposed && groups === 1;
  const shape = isLinear ? [...raw.shape, ...new Array<number>(rank).fill(1)] : raw.shape;
  const mustFit = (fits: boolean, key: string, expected: string, got: Shape) => {
    if (!fits)
      refuse(where, `size mismatch for ${prefix}${key}: expected ${expected}, got shape ${describe(got)}`);
  };
  mustFit(shape.length === rank + 2, form[0], `${rank + 2} sizes`, shape);
  const { channels: inChannels, filters: outChannels } = mapsOf(shape, groups);
  if (bias) mustFit(sameShape(bias.shape, [outChannels]), 'bias', describe([outChannels]), bias.shape);

  const folded = fold?.(raw, others, transposed);
  if (fold && !folded) {
    const shapes = form.map((key) => `${prefix}${key} of shape ${describe(tensors.get(key)!.shape)}`);
    refuse(where, `${shapes.join(' and ')} have incompatible shapes`);
  }
  return { sizes: [inChannels, outChannels, shape.slice(2)], saved: raw.data, fold: folded, bias };
}

/** Whether a BatchNorm has its names under a prefix. */
export function hasBatchNorm(dict: StateDictLike, prefix: string): boolean {
  return Object.hasOwn(dict, `${prefix}running_mean`);
}

/**
 * The convolution that a BatchNorm alone is folded into: a group for each channel, and kernels of one element, 1.
 * @throws TypeError if `running_mean` is no tensor
 */
export function unitConvolution({ name, dict, prefix }: Source, rank: number): SavedConvolution {
  const key = `${prefix}running_mean`;
  const channels = asTensor(dict[key], key, () => name).data.length;
  const saved = new Float32Array(channels).fill(1);
  const kernel = new Array<number>(rank).fill(1);
  return { sizes: [channels, channels, kernel], saved, fold: undefined, bias: undefined };
}

/**
 * Reads a BatchNorm, as a factor for each channel and the bias that results from a layer's bias.
 * @throws RangeError for missing or unexpected names and mismatched sizes
 */
export function savedBatchNorm(source: Source, channels: number, eps: number) {
  const names = [...BATCH_NORM_NAMES, ...(present(source, AFFINE).length > 0 ? AFFINE : [])];
  const tensors = read(source, names, [channels]);
  const [mean, variance, gamma, beta] = [...BATCH_NORM_NAMES, ...AFFINE].map((key) => tensors.get(key)?.data);
  const factors = Float64Array.from(variance!, (value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + eps));
  const biasFrom = (bias: ArrayLike<number> | undefined) =>
    factors.map((factor, i) => ((bias?.[i] ?? 0) - mean![i]) * factor + (beta?.[i] ?? 0));
  return [factors, biasFrom] as const;
}

/** The names that exist. */
function present({ dict, prefix }: Source, names: readonly string[]): string[] {
  return names.filter((name) => Object.hasOwn(dict, prefix + name));
}

/** The tensors of some names, all of one shape; null accepts any. */
function read(
  { name, dict, prefix, apart }: Source,
  names: readonly string[],
  shape: Shape | null,
): ReadonlyMap<string, Tensor> {
  const advice = (found: string) => `'${found}'`;
  return readState(name, new Map(names.map((key) => [key, shape])), dict, { prefix, apart, advice }).tensors;
}
