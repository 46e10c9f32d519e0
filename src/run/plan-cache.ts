// Plan cache: the prepared plans of one set of weights, one for each convolution that was computed with it. Plans of all caches share the
// memory of the engine; the least recently used are evicted.

import { Recent } from '../core/recent.js';
import { engine } from '../engine/start.js';
import { type Plan, planOf } from '../plan/plan.js';
import type { Preference } from '../plan/preference.js';
import type { Convolution } from '../problem/convolution.js';
import { PreparedPlan } from './prepared-plan.js';
import { PackedWeights, weightLayout } from './weights.js';

/** Plans that are remembered without their weights, so that a loop with new weights in every iteration plans once. */
const MOST_REMEMBERED = 256;

const remembered = new Recent<string, Plan>(MOST_REMEMBERED);

/** The plan of a convolution: the same one for all weights. */
function sharedPlan(key: string, convolution: Convolution, preference: Preference): Plan {
  // set again where it is known: what is used now is forgotten last
  return remembered.set(key, remembered.get(key) ?? planOf(convolution, preference));
}

/** What is released when the owner of the weights is collected. It must not refer to the owner, which would keep that alive. */
class Holdings {
  readonly plans = new Map<string, PreparedPlan>();
  readonly weights = new Map<string, PackedWeights>();

  constructor(readonly forgotten: (prepared: PreparedPlan) => void) {}

  /**
   * Releases a plan, and its weights unless another plan uses them. A running plan stays, as it allocates memory again. A plan that was
   * forgotten before may have a successor under its key, which stays too.
   */
  forget(found: PreparedPlan, key: string, layout: string): void {
    const { plans, weights } = this;
    if (plans.get(key) !== found || found.isRunning) return;
    plans.delete(key);
    found.release();
    this.forgotten(found);
    // nothing is left to release. In a loop with new weights in every iteration, registrations would pile up
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
   * @param owner when it is collected, all memory is released
   * @param forgotten is called with each plan that is evicted. It must not refer to the owner
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

  /** Hands the plans and their memory to another owner, whose weights are packed by its first call. */
  belongTo(owner: object): void {
    this.#owner = owner;
    if (this.#holdings.plans.size === 0) return;
    registry?.unregister(this.#holdings);
    registry?.register(owner, this.#holdings, this.#holdings);
  }

  /** The plan of a convolution, without memory for it. */
  plan(convolution: Convolution, preference: Preference): Plan {
    const key = keyOf(convolution, preference);
    return this.#holdings.plans.get(key)?.plan ?? sharedPlan(key, convolution, preference);
  }

  /**
   * The prepared plan of a convolution, which is planned if it is new. Memory is allocated when it runs.
   * @param use what the weights are: a layer's weight, or a gradient in its place. Weights of different uses are packed separately.
   * Convolutions of one line have one use
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

  /** Releases all memory. The next call prepares its plan anew. */
  release(): void {
    this.#holdings.release();
  }
}

function keyOf(convolution: Convolution, preference: Preference): string {
  return `${preference.algorithm ?? ''} ${preference.winograd ?? ''} ${convolution.line}`;
}
