// Given: weights that the caller owns, and the plans that are kept for them.

import type { Tensor, TensorLike } from '../core/tensor.js';
import { ResidentTensor } from '../engine/resident.js';
import type { Parameters } from '../run/parameters.js';
import { PlanCache } from '../run/plan-cache.js';

/** Plans and packed weights by what the caller has the weights in, as long as that lives. The values are compared in every call. */
const caches = new WeakMap<object, PlanCache>();

/** The plans of the caller's weights. */
export function plansFor(weight: TensorLike): PlanCache {
  const owner = ownerOf(weight);
  let cache = caches.get(owner);
  if (!cache) {
    cache = new PlanCache(owner);
    caches.set(owner, cache);
  }
  return cache;
}

/** What stays the same object while the caller's weights do. The `data` of a resident tensor are a view made anew by every read. */
function ownerOf(weight: TensorLike): object {
  const given = weight as object;
  return !(given instanceof ResidentTensor) && 'data' in given ? (given.data as object) : given;
}

/** Weight and bias of the caller. */
export class GivenParameters implements Parameters {
  readonly version = 0;
  readonly exposed = true;

  constructor(
    readonly given: Tensor,
    readonly givenBias: Tensor | null,
  ) {}

  /** Read when it is needed: memory that grows detaches the views of resident tensors. */
  get weight(): Float32Array {
    return this.given.data;
  }

  get bias(): Float32Array | null {
    return this.givenBias?.data ?? null;
  }
}
