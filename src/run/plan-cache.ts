// Plan cache: the prepared plans of one set of weights, one for each convolution it met. All caches together keep as many plans as
// the engine has room for; those not used for longest are forgotten.

import { Recent } from '../core/recent.js';
import { engine } from '../engine/start.js';
import { type Plan, planOf } from '../plan/plan.js';
import type { Preference } from '../plan/preference.js';
import type { Convolution } from '../problem/convolution.js';
import { PreparedPlan } from './prepared-plan.js';
import { PackedWeights, weightLayout } from './weights.js';

/** Plans that are remembered whoever's weights they were made for, so that a loop with weights of its own in every turn plans once. */
const MOST_REMEMBERED = 256;

const remembered = new Recent<string, Plan>(MOST_REMEMBERED);

/** The plan of a convolution: the same one for all weights. */
function sharedPlan(key: string, convolution: Convolution, preference: Preference): Plan {
  // set again where it is known: what is used now is forgotten last
  return remembered.set(key, remembered.get(key) ?? planOf(convolution, preference));
}

/** What has to be given back when the owner of the weights goes. It must not refer to the owner, which could never be collected then. */
class Holdings {
  readonly plans = new Map<string, PreparedPlan>();
  readonly weights = new Map<string, PackedWeights>();

  constructor(readonly forgotten: (prepared: PreparedPlan) => void) {}

  /**
   * Gives back a plan, and its weights unless another plan reads them. One that computes stays: it takes memory again. Another may be in
   * the place of one that was forgotten before.
   */
  forget(found: PreparedPlan, key: string, layout: string): void {
    const { plans, weights } = this;
    if (plans.get(key) !== found || found.isRunning) return;
    plans.delete(key);
    found.release();
    this.forgotten(found);
    // nothing is left to give back when the owner goes. In a loop with weights of its own in every turn, this would pile up
    if (plans.size === 0) registry?.unregister(this);
    if ([...plans.values()].some((prepared) => prepared.weights === found.weights)) return;
    found.weights.release();
    weights.delete(layout);
  }

  release(): void {
    for (const held of [this.plans, this.weights]) {
      for (const each of held.values()) each.release();
      held.clear();
    }
    registry?.unregister(this);
  }
}

let registry: FinalizationRegistry<Holdings> | undefined;

/** Keeps plans ready for the owner of some weights. */
export class PlanCache {
  #owner: object;
  readonly #holdings: Holdings;

  /**
   * @param owner when it is collected, the memory is given back
   * @param forgotten is called with a plan that is no longer kept. It must not refer to the owner
   */
  constructor(owner: object, forgotten: (prepared: PreparedPlan) => void = () => {}) {
    this.#owner = owner;
    this.#holdings = new Holdings(forgotten);
  }

  /** How many plans there are. */
  get size(): number {
    return this.#holdings.plans.size;
  }

  /** Whose weights they are. */
  get owner(): object {
    return this.#owner;
  }

  /** Lets others have the plans and their memory, whose weights are packed when they are called with. */
  belongTo(owner: object): void {
    this.#owner = owner;
    if (this.#holdings.plans.size === 0) return;
    registry?.unregister(this.#holdings);
    registry?.register(owner, this.#holdings, this.#holdings);
  }

  /** The plan of a convolution, without giving it memory. */
  plan(convolution: Convolution, preference: Preference): Plan {
    const key = keyOf(convolution, preference);
    return this.#holdings.plans.get(key)?.plan ?? sharedPlan(key, convolution, preference);
  }

  /**
   * The prepared plan of a convolution, planned when it is new. It takes memory when it runs.
   * @param use weights of two uses are packed apart, as they are others: one layer's weight, and the gradients that take its place. Convolutions
   * of one line have one use
   */
  prepared(convolution: Convolution, preference: Preference, use = ''): PreparedPlan {
    const key = keyOf(convolution, preference);
    const known = this.#holdings.plans.get(key);
    return known ?? this.#prepare(key, sharedPlan(key, convolution, preference), use);
  }

  #prepare(key: string, plan: Plan, use: string): PreparedPlan {
    const holdings = this.#holdings;
    const { plans, weights } = holdings;
    const running = engine();
    const layout = `${use}${weightLayout(plan)}`;
    const packed = weights.get(layout) ?? new PackedWeights(running, plan);
    const prepared: PreparedPlan = new PreparedPlan(running, plan, packed, () =>
      holdings.forget(prepared, key, layout),
    );
    registry ??= new FinalizationRegistry((held) => held.release());
    if (plans.size === 0) registry.register(this.#owner, holdings, holdings);
    weights.set(layout, packed);
    plans.set(key, prepared);
    return prepared;
  }

  /** Gives all memory back; the next convolution starts anew. */
  release(): void {
    this.#holdings.release();
  }
}

function keyOf(convolution: Convolution, preference: Preference): string {
  return `${preference.algorithm ?? ''} ${preference.winograd ?? ''} ${convolution.line}`;
}
