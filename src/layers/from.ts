// From: a layer as a state dict has it. Its sizes are those of the weight, and the norms around it are folded into its numbers.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind } from '../core/errors.js';
import { product } from '../core/lists.js';
import { type Shape, sameShape } from '../core/tensor.js';
import { type AnyOptions, layerOptions, type Rank } from '../problem/options.js';
import { type Fold, maskedWeight, normWeight, scale, spectralWeight } from './fold.js';
import type { Layer } from './layer.js';
import { type Draw, type Parameter, redraw, valuesOf } from './parameter.js';
import { className } from './spec.js';
import { prefixIn, readState, type StateDictLike } from './state.js';

/** Options of `from` for the norms of a layer. */
export interface NormOptions {
  /** prefix of the BatchNorm that follows the layer. It is folded into weight and bias, as in eval mode */
  batchNorm?: string | undefined;
  /** what that BatchNorm adds to the variance. It is not in a state dict; default 1e-5 */
  eps?: number | undefined;
}

/** A layer's class. */
type LayerClass<L> = new (inChannels: number, outChannels: number, kernelSize: never, options: never) => L;

/**
 * The names of a weight, the first that of its numbers: as it is, of weight_norm and of spectral_norm before and since they are
 * parametrizations, of the first spectral_norm, which saved the weight too, and of pruning.
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
const WEIGHT_NAMES = FORMS.flatMap(([names]) => names);
const STATISTICS = ['running_mean', 'running_var'];
const AFFINE = ['weight', 'bias'];

/** How a prefix is written that finds one layer in a network. */
const advice = (prefix: string) => `'${prefix}'`;

/**
 * The layer that a state dict has under a prefix.
 * @param given the prefix; its last dot may lack
 * @throws RangeError for names and sizes that don't fit, TypeError for invalid types
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
    refuse(where, 'eps goes with batchNorm, the prefix of the BatchNorm that follows the layer');

  const prefix = prefixIn(name, dict, given, [...WEIGHT_NAMES, 'bias']);
  const norm = batchNorm === undefined ? undefined : prefixIn(name, dict, batchNorm, STATISTICS);
  const there = (names: readonly string[], start = prefix) =>
    names.filter((key) => Object.hasOwn(dict, start + key));
  const read = (start: string, names: readonly string[], shape: Shape | null, apart: string | undefined) =>
    readState(name, new Map(names.map((key) => [key, shape])), dict, { prefix: start, apart, advice })
      .tensors;

  // the form of which most is there, so that an error names what lacks
  const [form, fold] = FORMS.reduce((best, next) =>
    there(next[0]).length > there(best[0]).length ? next : best,
  );
  const own = read(prefix, [...form, ...there(['bias'])], null, norm);
  const [raw, ...others] = form.map((key) => own.get(key)!);
  // a Linear's weight is that of a plain layer of one kernel element
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
  const foldInto = (target: Float32Array | Float64Array) => {
    if (fold?.(target, raw, others, transposed)) return;
    const shapes = form.map((key) => `${prefix}${key} of shape ${describe(own.get(key)!.shape)}`);
    refuse(where, `${shapes.join(' and ')} do not fit each other`);
  };
  const bias = own.get('bias');
  if (bias) mustFit(sameShape(bias.shape, [outChannels]), 'bias', describe([outChannels]), bias.shape);
  // it checks groups and all other options
  const layer = new kind(
    inChannels,
    outChannels,
    kernelSize as never,
    { ...rest, groups, bias: (bias ?? norm) !== undefined } as never,
  );
  if (norm === undefined) {
    fill(layer.weight, (values) => (fold ? foldInto(values) : values.set(raw.data)));
    if (bias) layer.bias = bias;
    return layer;
  }

  const names = [...STATISTICS, ...(there(AFFINE, norm).length > 0 ? AFFINE : [])];
  const after = read(norm, names, [outChannels], `${norm}num_batches_tracked`);
  const [mean, variance, gamma, beta] = [...STATISTICS, ...AFFINE].map((key) => after.get(key)?.data);
  const factors = Float64Array.from(variance!, (value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + eps));
  const inner = product(transposed ? kernelSize : shape.slice(1));
  // of both norms the product is rounded once
  const weight = fold ? new Float64Array(raw.data.length) : raw.data;
  if (fold) foldInto(weight);
  fill(layer.weight, (values) => scale(values, weight, factors, inner, transposed ? layer.groups : 1));
  fill(layer.bias!, (values) =>
    values.set(factors.map((factor, i) => ((bias?.data[i] ?? 0) - mean![i]) * factor + (beta?.[i] ?? 0))),
  );
  return layer;
}

/** Gives a parameter its values before anything is drawn for it. */
function fill(parameter: Parameter, draw: Draw): void {
  redraw(parameter, draw);
  valuesOf(parameter);
}
