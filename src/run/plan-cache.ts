// Executor: the computations of one set of weights, one for each problem it met lately; gives their memory back when its owner goes.

import { engine } from '../engine/start.js';
import type { Wish } from '../plan/choice.js';
import { type Plan, planOf } from '../plan/plan.js';
import { formatProblem } from '../problem/line.js';
import type { Problem } from '../problem/problem.js';
import { Computation } from './prepared-plan.js';
import { PackedWeights, weightLayout } from './weights.js';

/** Problems that are kept ready; the one not used for longest goes first. */
const MOST_COMPUTATIONS = 4;

/** What has to be given back; knows nothing of its owner, or that would never be collected. */
class Holdings {
  readonly computations = new Map<string, Computation>();
  readonly weights = new Map<string, PackedWeights>();

  release(): void {
    for (const held of [this.computations, this.weights]) {
      for (const each of held.values()) each.release();
      held.clear();
    }
  }
}

let registry: FinalizationRegistry<Holdings> | undefined;

/** Keeps computations ready for the owner of some weights. */
export class Executor {
  readonly #holdings = new Holdings();

  /** @param owner when it is collected, the memory is given back */
  constructor(owner: object) {
    registry ??= new FinalizationRegistry((holdings) => holdings.release());
    registry.register(owner, this.#holdings);
  }

  /** The plan of a problem, without giving it memory. */
  plan(problem: Problem, wish: Wish): Plan {
    return this.#holdings.computations.get(keyOf(problem, wish))?.plan ?? planOf(problem, wish);
  }

  /** The computation of a problem; planned and given memory when it is new. */
  computation(problem: Problem, wish: Wish): Computation {
    const { computations, weights } = this.#holdings;
    const key = keyOf(problem, wish);
    let found = computations.get(key);
    if (found) {
      // last used, last to go
      computations.delete(key);
    } else {
      const plan = planOf(problem, wish);
      const layout = weightLayout(plan);
      const running = engine();
      const packed = weights.get(layout) ?? new PackedWeights(running, plan);
      try {
        found = new Computation(running, plan, packed);
      } catch (error) {
        if (!weights.has(layout)) packed.release();
        throw error;
      }
      weights.set(layout, packed);
    }
    computations.set(key, found);
    if (computations.size > MOST_COMPUTATIONS) this.#forgetOldest();
    return found;
  }

  /** Gives all memory back; the next computation starts anew. */
  release(): void {
    this.#holdings.release();
  }

  #forgetOldest(): void {
    const { computations, weights } = this.#holdings;
    const [key, oldest] = computations.entries().next().value as [string, Computation];
    computations.delete(key);
    oldest.release();
    if ([...computations.values()].some((computation) => computation.weights === oldest.weights)) return;
    oldest.weights.release();
    weights.delete(weightLayout(oldest.plan));
  }
}

function keyOf(problem: Problem, wish: Wish): string {
  return `${wish.algorithm ?? ''} ${wish.winograd ?? ''} ${formatProblem(problem)}`;
}
