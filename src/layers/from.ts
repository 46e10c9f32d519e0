// `Conv2d.from` and its siblings: build a layer from a state dict, with norms folded into weight and bias.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind } from '../core/errors.js';
import { product } from '../core/lists.js';
import { type Shape, sameShape, type Tensor } from '../core/tensor.js';
import { type AnyOptions, layerOptions, type Rank } from '../problem/options.js';
import { type Fold, maskedWeight, normWeight, scale, spectralWeight } from './fold-norms.js';
import type { Layer } from './layer.js';
import { type Draw, type Parameter, redraw, valuesOf } from './parameter.js';
import { className } from './spec.js';
import { prefixIn, readState, type StateDictLike } from './state.js';

/** Options of `from` in addition to the layer's. */
export interface NormOptions {
  /** prefix of the BatchNorm that follows the layer; it is folded into weight and bias, in eval mode */
  batchNorm?: string | undefined;
  /** `eps` of that BatchNorm, which state dicts do not store; default 1e-5 */
  eps?: number | undefined;
}

/** A layer's class. */
type LayerClass<L> = new (inChannels: number, outChannels: number, kernelSize: never, options: never) => L;

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
const STATISTICS = ['running_mean', 'running_var'];
const AFFINE = ['weight', 'bias'];

/** The names that exist under a prefix. */
const present = (dict: StateDictLike, prefix: string, names: readonly string[]) =>
  names.filter((name) => Object.hasOwn(dict, prefix + name));

/** Reads tensors under a prefix; names under the prefix `apart` may also exist. */
type Read = (
  prefix: string,
  names: readonly string[],
  shape: Shape | null,
  apart: string | undefined,
) => ReadonlyMap<string, Tensor>;

/**
 * Builds a layer from the tensors under a prefix of a state dict.
 * @param given the prefix; the trailing dot may be omitted
 * @throws RangeError for missing or unexpected names and mismatched sizes, TypeError for wrong types
 */
export function layerFrom<L extends Layer>(
  kind: LayerClass<L>,
  transposed: boolean,
  rank: Rank,
  dict: StateDictLike,
  given: string,
  options: (AnyOptions & NormOptions) | undefined,
): L {
  const name = className({ transposed, rank }, false);
  const where = () => `${name}.from`;
  const known = layerOptions(transposed).filter((option) => option !== 'bias');
  optionsObject(options, [...known, 'batchNorm', 'eps'], where);
  const { batchNorm, eps = 1e-5, groups = 1, ...rest } = options ?? {};
  if (typeof eps !== 'number') refuseKind(where, `eps must be a number, but got ${describe(eps)}`);
  if (options?.eps !== undefined && batchNorm === undefined)
    refuse(where, 'eps requires batchNorm, the prefix of the BatchNorm that follows the layer');

  const prefix = prefixIn(name, dict, given, ['bias', ...FORMS.flatMap(([names]) => names)]);
  const norm = batchNorm === undefined ? undefined : prefixIn(name, dict, batchNorm, STATISTICS);
  const read: Read = (start, names, shape, apart) =>
    readState(name, new Map(names.map((key) => [key, shape])), dict, {
      prefix: start,
      apart,
      advice: (found) => `'${found}'`,
    }).tensors;
  // the form with the most names present, so that an error message lists the missing ones
  const [form, fold] = FORMS.reduce((best, next) =>
    present(dict, prefix, next[0]).length > present(dict, prefix, best[0]).length ? next : best,
  );
  const own = read(prefix, [...form, ...present(dict, prefix, ['bias'])], null, norm);
  const [raw, ...others] = form.map((key) => own.get(key)!);
  const bias = own.get('bias');
  // a Linear's weight (out, in) is that of a convolution with a kernel of one element
  const isLinear = raw.shape.length === 2 && !transposed && groups === 1;
  const shape = isLinear ? [...raw.shape, ...new Array<number>(rank).fill(1)] : raw.shape;
  const mustFit = (fits: boolean, key: string, expected: string, got: Shape) => {
    if (!fits)
      refuse(where, `size mismatch for ${prefix}${key}: expected ${expected}, got shape ${describe(got)}`);
  };
  mustFit(shape.length === rank + 2, form[0], `${rank + 2} sizes`, shape);
  const [first, second, ...kernelSize] = shape;
  const columns = second * (groups as number);
  const [inChannels, outChannels] = transposed ? [first, columns] : [columns, first];
  if (bias) mustFit(sameShape(bias.shape, [outChannels]), 'bias', describe([outChannels]), bias.shape);

  // the constructor checks groups and all other options
  const layer = new kind(
    inChannels,
    outChannels,
    kernelSize as never,
    { ...rest, groups, bias: (bias ?? norm) !== undefined } as never,
  );
  const foldInto = (target: Float32Array | Float64Array) => {
    if (fold?.(target, raw, others, transposed)) return;
    const shapes = form.map((key) => `${prefix}${key} of shape ${describe(own.get(key)!.shape)}`);
    refuse(where, `${shapes.join(' and ')} have incompatible shapes`);
  };
  if (norm === undefined) {
    fill(layer.weight, (values) => (fold ? foldInto(values) : values.set(raw.data)));
    if (bias) layer.bias = bias;
    return layer;
  }
  // two folds in a row stay in float64 and are rounded once
  const weight = fold ? new Float64Array(raw.data.length) : raw.data;
  if (fold) foldInto(weight);
  const [factors, biasFrom] = batchNormOf(dict, norm, outChannels, eps, read);
  const inner = product(transposed ? kernelSize : shape.slice(1));
  fill(layer.weight, (values) => scale(values, weight, factors, inner, transposed ? layer.groups : 1));
  fill(layer.bias!, (values) => values.set(biasFrom(bias?.data)));
  return layer;
}

/** A BatchNorm as a factor for each channel, and the bias that results from a layer's bias. */
function batchNormOf(dict: StateDictLike, prefix: string, channels: number, eps: number, read: Read) {
  const names = [...STATISTICS, ...(present(dict, prefix, AFFINE).length > 0 ? AFFINE : [])];
  const tensors = read(prefix, names, [channels], `${prefix}num_batches_tracked`);
  const [mean, variance, gamma, beta] = [...STATISTICS, ...AFFINE].map((key) => tensors.get(key)?.data);
  const factors = Float64Array.from(variance!, (value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + eps));
  const biasFrom = (bias: ArrayLike<number> | undefined) =>
    factors.map((factor, i) => ((bias?.[i] ?? 0) - mean![i]) * factor + (beta?.[i] ?? 0));
  return [factors, biasFrom] as const;
}

/** Sets the values of a new parameter, so that no initial values are drawn. */
function fill(parameter: Parameter, draw: Draw): void {
  redraw(parameter, draw);
  valuesOf(parameter);
}
