// Given: weights that the caller owns, and the plans that are kept for them.

import { Recent } from '../core/recent.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import { Resident } from '../engine/address.js';
import { heap } from '../engine/heap.js';
import type { Parameters } from '../run/parameters.js';
import { PlanCache } from '../run/plan-cache.js';

/**
 * Plans and packed weights by what the caller has the weights in, as long as that lives; null where others took them over. The values are
 * compared in every call.
 */
const caches = new WeakMap<object, PlanCache | null>();

/** The plans of weights that were called with once, by the line of the convolution, and how many are remembered. */
const MOST_REMEMBERED = 64;
const calledOnce = new Recent<string, WeakRef<PlanCache>>(MOST_REMEMBERED);

/** The plans of the caller's weights. */
export function plansFor(weight: TensorLike): PlanCache {
  const owner = ownerOf(weight);
  return caches.get(owner) ?? newPlans(owner);
}

function newPlans(owner: object): PlanCache {
  const cache = new PlanCache(owner);
  caches.set(owner, cache);
  return cache;
}

/**
 * The plans of the caller's weights for a call of a functional. New weights take over the plan, and its memory, of others that were
 * called with once, for the same convolution: gates, which a network computes anew in every pass, of 1152 maps of 7x7 in a third of the
 * time. Weights that lost theirs get plans of their own when they come again: so two sets in turns don't take them from each other.
 */
export function plansForCall(weight: TensorLike, line: string): PlanCache {
  const owner = ownerOf(weight);
  const known = caches.get(owner);
  if (known) {
    if (calledOnce.get(line)?.deref() === known) calledOnce.delete(line);
    return known;
  }
  const last = known === null ? undefined : calledOnce.get(line)?.deref();
  // a getter of a tensor may call in the midst of a call, which needs its plans still
  if (last?.size !== 1 || heap().call > 0) {
    const cache = newPlans(owner);
    if (known === undefined) calledOnce.set(line, new WeakRef(cache));
    return cache;
  }
  caches.set(last.owner, null);
  last.belongTo(owner);
  caches.set(owner, last);
  return last;
}

/** What stays the same object while the caller's weights do. The `data` of a resident tensor are a view made anew by every read. */
function ownerOf(weight: TensorLike): object {
  const given = weight as object;
  return !(given instanceof Resident) && 'data' in given ? (given.data as object) : given;
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
