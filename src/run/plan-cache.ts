// Plan cache: the prepared plans of one set of weights, one for each convolution it met lately. Their memory is given back when the
// owner of the weights goes.

import { engine } from '../engine/start.js';
import { type Plan, planOf } from '../plan/plan.js';
import type { Wish } from '../plan/wish.js';
import type { Convolution } from '../problem/convolution.js';
import { PreparedPlan } from './prepared-plan.js';
import { PackedWeights, packingBytes, weightLayout } from './weights.js';

/** Plans that are kept ready; the one not used for longest goes first. */
const MOST_PLANS = 4;

/** The memory that has to be given back. It must not refer to the owner, which could never be collected then. */
class Holdings {
  readonly plans = new Map<string, PreparedPlan>();
  readonly weights = new Map<string, PackedWeights>();

  release(): void {
    for (const held of [this.plans, this.weights]) {
      for (const each of held.values()) each.release();
      held.clear();
    }
  }
}

let registry: FinalizationRegistry<Holdings> | undefined;

/** Keeps plans ready for the owner of some weights. */
export class PlanCache {
  readonly #holdings = new Holdings();

  /** @param owner when it is collected, the memory is given back */
  constructor(owner: object) {
    registry ??= new FinalizationRegistry((holdings) => holdings.release());
    registry.register(owner, this.#holdings);
  }

  /** The plan of a convolution, without giving it memory. */
  plan(convolution: Convolution, wish: Wish): Plan {
    return this.#holdings.plans.get(keyOf(convolution, wish))?.plan ?? planOf(convolution, wish);
  }

  /** The prepared plan of a convolution; planned and given memory when it is new. */
  prepared(convolution: Convolution, wish: Wish): PreparedPlan {
    const { plans } = this.#holdings;
    const key = keyOf(convolution, wish);
    let found = plans.get(key);
    // a map keeps the order in which keys were set: the plan that is used now goes to its end
    if (found) plans.delete(key);
    else found = this.#prepare(planOf(convolution, wish));
    plans.set(key, found);
    if (plans.size > MOST_PLANS) this.#forgetOldest();
    return found;
  }

  /**
   * Takes all the memory that a plan needs, its scratch too, or none.
   * @throws RangeError where memory lacks
   */
  #prepare(plan: Plan): PreparedPlan {
    const { weights } = this.#holdings;
    const layout = weightLayout(plan);
    const running = engine();
    const known = weights.get(layout);
    const packed = known ?? new PackedWeights(running, plan);
    let prepared: PreparedPlan | undefined;
    try {
      prepared = new PreparedPlan(running, plan, packed);
      running.reserve(Math.max(plan.bytes.scratch, known ? 0 : packingBytes(plan)), plan.line);
    } catch (error) {
      prepared?.release();
      if (!known) packed.release();
      throw error;
    }
    weights.set(layout, packed);
    return prepared;
  }

  /** Gives all memory back; the next convolution starts anew. */
  release(): void {
    this.#holdings.release();
  }

  /** Gives back the plan that was not used for longest, and its weights unless another plan reads them. */
  #forgetOldest(): void {
    const { plans, weights } = this.#holdings;
    const [[key, oldest]] = plans;
    plans.delete(key);
    oldest.release();
    if ([...plans.values()].some((prepared) => prepared.weights === oldest.weights)) return;
    oldest.weights.release();
    weights.delete(weightLayout(oldest.plan));
  }
}

function keyOf(convolution: Convolution, wish: Wish): string {
  return `${wish.algorithm ?? ''} ${wish.winograd ?? ''} ${convolution.line}`;
}
