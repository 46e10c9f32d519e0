// `Conv2d.from` and its siblings: build a layer from a state dict, with norms folded into weight and bias.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind } from '../core/errors.js';
import { product } from '../core/lists.js';
import { allocate } from '../core/tensor.js';
import { type AnyOptions, layerOptions, type Rank } from '../problem/options.js';
import { scale } from './fold-norms.js';
import type { Layer } from './layer.js';
import { BATCH_NORM_NAMES, CONVOLUTION_NAMES, savedBatchNorm, savedConvolution } from './saved-modules.js';
import { className } from './spec.js';
import { prefixIn, type StateDictLike } from './state.js';

/** Options of `from` in addition to the layer's. */
export interface NormOptions {
  /** prefix of the BatchNorm that follows the layer; it is folded into weight and bias, in eval mode */
  batchNorm?: string | undefined;
  /** `eps` of that BatchNorm, which state dicts do not store; default 1e-5 */
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

  const prefix = prefixIn(name, dict, given, CONVOLUTION_NAMES);
  const norm = batchNorm === undefined ? undefined : prefixIn(name, dict, batchNorm, BATCH_NORM_NAMES);
  const source = { name, dict, prefix, apart: norm };
  const { sizes, weight, bias } = savedConvolution(source, transposed, rank, groups as number);
  // the constructor checks groups and all other options
  const layer = new kind(...sizes, { ...rest, groups, bias: (bias ?? norm) !== undefined });
  // assigned values replace the initial ones, which are then never drawn
  if (norm === undefined) {
    layer.weight = weight;
    if (bias) layer.bias = bias;
    return layer;
  }
  const normSource = { ...source, prefix: norm, apart: `${norm}num_batches_tracked` };
  const [factors, biasFrom] = savedBatchNorm(normSource, layer.outChannels, eps);
  const inner = transposed ? product(layer.kernelSize) : weight.length / layer.outChannels;
  const folded = allocate([weight.length], where).data;
  scale(folded, weight, factors, inner, transposed ? layer.groups : 1);
  layer.weight = folded;
  layer.bias = biasFrom(bias?.data);
  return layer;
}
