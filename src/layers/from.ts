// `Conv2d.from` and its siblings: build a layer from a state dict, with norms folded into weight and bias.

import { numeric, optionsObject } from '../core/arguments.js';
import { refuse } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Kind } from '../problem/kind.js';
import { type AnyOptions, checkGroups, layerOptions } from '../problem/options.js';
import type { Rank } from '../problem/sizes.js';
import { scale } from './fold-norms.js';
import type { Layer } from './layer.js';
import { writableValuesOf } from './parameter.js';
import {
  BATCH_NORM_NAMES,
  CONVOLUTION_NAMES,
  hasBatchNorm,
  savedBatchNorm,
  savedConvolution,
  unitConvolution,
} from './saved-modules.js';
import { className } from './spec.js';
import { prefixIn, type StateDictLike } from './state.js';

/** Options of `from` in addition to the layer's. */
export interface NormOptions {
  /** prefix of the BatchNorm that follows the layer; it is folded into weight and bias, in eval mode */
  batchNorm?: string | undefined;
  /** `eps` of the BatchNorm, which state dicts do not store; default 1e-5 */
  eps?: number | undefined;
}

/** A layer's class. */
type LayerClass<L> = new (
  inChannels: number,
  outChannels: number,
  kernelSize: readonly number[],
  options: object,
) => L;

/**
 * Builds a layer from the tensors under a prefix of a state dict: those of a convolution, or of a BatchNorm alone.
 * @param given the prefix; the trailing dot may be omitted
 * @throws RangeError for missing or unexpected names and mismatched sizes, TypeError for wrong types
 */
export function layerFrom<L extends Layer>(
  layerClass: LayerClass<L>,
  kind: Kind,
  rank: Rank,
  dict: StateDictLike,
  given: string,
  options: (AnyOptions & NormOptions) | undefined,
): L {
  const name = className({ kind, rank }, false);
  const where = () => `${name}.from`;
  const prefix = prefixIn(name, dict, given, [...CONVOLUTION_NAMES, ...BATCH_NORM_NAMES]);
  const isNorm = options?.batchNorm === undefined && hasBatchNorm(dict, prefix);
  const known = layerOptions(kind).filter((option) => option !== 'bias');
  optionsObject(options, isNorm ? ['eps'] : [...known, 'batchNorm', 'eps'], where);
  const {
    batchNorm = isNorm ? prefix : undefined,
    eps = 1e-5,
    groups: givenGroups = 1,
    ...rest
  } = options ?? {};
  numeric(eps, 'eps', where);
  if (options?.eps !== undefined && batchNorm === undefined)
    refuse(where, 'eps requires batchNorm, the prefix of the BatchNorm that follows the layer');

  const norm = batchNorm === undefined ? undefined : prefixIn(name, dict, batchNorm, BATCH_NORM_NAMES);
  const source = { name, where, dict, prefix, apart: norm };
  const { sizes, saved, fold, bias } = isNorm
    ? unitConvolution(source, rank)
    : savedConvolution(source, kind, rank, checkGroups(givenGroups, true, where));
  const groups = isNorm ? sizes[0] : givenGroups;
  // the constructor checks all other options
  const hasBias = (bias ?? norm) !== undefined;
  const layer = new layerClass(...sizes, { ...rest, groups, bias: hasBias });
  if (layer.bias && !hasBias)
    refuse(
      where,
      `the constructor of ${layerClass.name} ignores bias: false, and nothing is stored for its bias`,
    );
  // assigned values replace the initial ones, which are then never drawn. They are folded in the parameter's array: with another one,
  // ResNet-18's start took 1.13 times as many page faults
  layer.weight = saved;
  const values = writableValuesOf(layer.weight);
  if (norm === undefined) {
    fold?.(values);
    if (bias) layer.bias = bias;
    return layer;
  }
  const normSource = { ...source, prefix: norm, apart: `${norm}num_batches_tracked` };
  const [factors, biasFrom] = savedBatchNorm(normSource, layer.outChannels, eps);
  const { transposed } = kind;
  const inner = transposed ? product(layer.kernelSize) : values.length / layer.outChannels;
  // what both folds compute is rounded once
  const exact = fold ? new Float64Array(values.length) : values;
  fold?.(exact);
  scale(values, exact, factors, inner, transposed ? layer.groups : 1);
  layer.bias = biasFrom(bias?.data);
  return layer;
}
