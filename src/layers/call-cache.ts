// The prepared calls of a layer, cached by input shape, and the algorithms that `tune` measured as fastest.

import type { Where } from '../core/errors.js';
import { Recent } from '../core/recent.js';
import { sameShape } from '../core/tensor.js';
import type { Plan } from '../plan/plan.js';
import type { AlgorithmName, Preference, Winograd } from '../plan/preference.js';
import { type Convolution, convolutionOf } from '../problem/convolution.js';
import type { Problem } from '../problem/problem.js';
import { PlanCache } from '../run/plan-cache.js';
import { outputShapeOf, type PreparedCall } from './call.js';
import { supportedAlgorithms, type Timing, timings } from './tune.js';

/** The number of convolutions whose fastest algorithm is remembered. */
const MAX_TUNED = 64;

/** The user's settings of a layer that affect the choice of an algorithm. */
interface LayerPreference {
  /** forces this algorithm */
  readonly algorithm: AlgorithmName | undefined;
  readonly winograd: Winograd;
}

/** A prepared call, and the shape and settings that it is valid for. */
interface ReadyCall extends PreparedCall {
  readonly inputShape: readonly number[];
  readonly upsample: readonly number[];
  readonly preference: LayerPreference;
}

/** The prepared calls of one layer. */
export class CallCache {
  /** the layer's plans, including those of its gradients */
  readonly plans: PlanCache;
  /** the fastest algorithm, by convolution and `winograd` setting */
  readonly #tuned = new Recent<string, AlgorithmName>(MAX_TUNED);
  /** by `shapeKey`. A call is removed when its plan is evicted, so the number of plans bounds their number */
  readonly #calls = new Map<number, ReadyCall>();
  readonly #where: Where;

  /**
   * @param owner when it is garbage-collected, the plans' memory is freed
   * @param where its name, for error messages
   */
  constructor(owner: object, where: Where) {
    this.#where = where;
    const calls = this.#calls;
    this.plans = new PlanCache(owner, (forgotten) => {
      for (const [key, { prepared }] of calls) if (prepared === forgotten) calls.delete(key);
    });
  }

  /** The cached call for this shape and these settings, if there is one. Allocates nothing. */
  repeated(
    inputShape: readonly number[],
    algorithm: AlgorithmName | undefined,
    winograd: Winograd,
    upsample: readonly number[] | undefined,
  ): PreparedCall | undefined {
    const call = this.#calls.get(shapeKey(inputShape));
    return call?.preference.algorithm === algorithm &&
      call?.preference.winograd === winograd &&
      sameShape(call.inputShape, inputShape) &&
      (upsample ? sameShape(call.upsample, upsample) : call.upsample.every(isOne))
      ? call
      : undefined;
  }

  /**
   * Prepares a call, and caches it if `isRepeatable`.
   * @param isRepeatable false for a call with an `outputSize`, which `repeated` does not compare
   */
  prepare(
    problem: Problem,
    inputShape: readonly number[],
    preference: LayerPreference,
    isRepeatable: boolean,
  ): PreparedCall {
    const convolution = convolutionOf(problem);
    const call = {
      prepared: this.plans.prepared(convolution, this.#chosen(convolution, preference)),
      outputShape: outputShapeOf(problem, inputShape.length),
      inputShape: [...inputShape],
      upsample: problem.upsample,
      preference,
    };
    if (isRepeatable) this.#calls.set(shapeKey(inputShape), call);
    return call;
  }

  /** The plan of a call, without allocating its memory. */
  plan(problem: Problem, preference: LayerPreference): Plan {
    const convolution = convolutionOf(problem);
    return this.plans.plan(convolution, this.#chosen(convolution, preference));
  }

  /**
   * Times every algorithm that supports a problem, and uses the fastest for it from now on.
   * @param run executes a prepared call
   */
  tune(
    problem: Problem,
    inputShape: readonly number[],
    winograd: Winograd,
    run: (call: PreparedCall) => void,
  ): Timing[] {
    const outputShape = outputShapeOf(problem, inputShape.length);
    // cached calls may have another algorithm than the fastest
    this.#calls.clear();
    const convolution = convolutionOf(problem);
    // the default choice goes first, so that it wins ties
    const byDefault = this.plans.plan(convolution, { winograd }).choice.algorithm.name;
    const candidates = supportedAlgorithms(convolution, winograd, byDefault).sort(
      (a, b) => Number(b === byDefault) - Number(a === byDefault),
    );
    const measured = timings(candidates, (algorithm) => {
      run({ prepared: this.plans.prepared(convolution, { algorithm, winograd }), outputShape });
    });
    this.#tuned.set(timedKey(convolution, winograd), measured[0].algorithm);
    return measured;
  }

  /** Frees all memory. The next call is prepared again; the results of `tune` are kept. */
  release(): void {
    this.#calls.clear();
    this.plans.release();
  }

  /** Completes a preference: the user's algorithm, else the tuned one, else undefined, which leaves the choice to the cost model. */
  #chosen(convolution: Convolution, { algorithm, winograd }: LayerPreference): Preference {
    const chosen = algorithm ?? this.#tuned.get(timedKey(convolution, winograd));
    return { algorithm: chosen, winograd, where: this.#where };
  }
}

function isOne(size: number): boolean {
  return size === 1;
}

function timedKey({ line }: Convolution, winograd: Winograd): string {
  return `${winograd} ${line}`;
}

/** A 30-bit FNV-style hash of a shape: an integer that V8 stores without allocation. `repeated` compares the shape as well. */
function shapeKey(shape: readonly number[]): number {
  let key = shape.length;
  for (const size of shape) key = Math.imul(key + size, 0x01000193) & 0x3fffffff;
  return key;
}
