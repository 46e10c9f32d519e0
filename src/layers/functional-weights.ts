// Plan caches for weights that the caller owns: those of functionals and of convnd/train.

import { Recent } from '../core/recent.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import { Resident } from '../engine/address.js';
import { heap } from '../engine/heap.js';
import type { Parameters } from '../run/parameters.js';
import { PlanCache } from '../run/plan-cache.js';

/**
 * Plans and packed weights, per weight array of the caller. null: the cache was handed to other weights (`plansForCall`). The library
 * can't see writes to these arrays, so every call compares their values with the packed ones.
 */
const caches = new WeakMap<object, PlanCache | null>();

/** Caches whose weights were used in one call only, by the problem line. They may be handed to the next weights. */
const MOST_CALLED_ONCE = 64;
const calledOnce = new Recent<string, WeakRef<PlanCache>>(MOST_CALLED_ONCE);

/** The plan cache of the caller's weights. */
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
 * The plan cache of the caller's weights, for a call of a functional. New weights take over the cache, with its memory, of weights that
 * were used in only one call of the same convolution. This is for weights that a network computes in every forward pass: a gate of 1152
 * maps of 7x7 takes a third of the time. Weights whose cache was taken get a new one when they are used again, so that two sets
 * of weights in alternation do not keep taking each other's.
 */
export function plansForCall(weight: TensorLike, line: string): PlanCache {
  const owner = ownerOf(weight);
  const known = caches.get(owner);
  if (known) {
    if (calledOnce.get(line)?.deref() === known) calledOnce.delete(line);
    return known;
  }
  const last = known === null ? undefined : calledOnce.get(line)?.deref();
  // a getter of the caller's tensor may call a functional during a call that still needs its plans
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

/** The object that identifies the caller's weights. A resident tensor is its own key, because each read of its `data` makes a new view. */
function ownerOf(weight: TensorLike): object {
  const given = weight as object;
  return !(given instanceof Resident) && 'data' in given ? (given.data as object) : given;
}

/** Weight and bias that the caller owns. */
export class GivenParameters implements Parameters {
  readonly version = 0;
  readonly exposed = true;

  constructor(
    readonly given: Tensor,
    readonly givenBias: Tensor | null,
  ) {}

  /** A getter, because memory growth detaches the views of resident tensors. */
  get weight(): Float32Array {
    return this.given.data;
  }

  get bias(): Float32Array | null {
    return this.givenBias?.data ?? null;
  }
}
