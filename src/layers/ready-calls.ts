// Ready calls: what a layer computes with, kept from call to call, and which row of the table it takes.

import { describe } from '../core/errors.js';
import { Recent } from '../core/recent.js';
import { sameShape } from '../core/tensor.js';
import type { Plan } from '../plan/plan.js';
import type { AlgorithmName, Winograd } from '../plan/preference.js';
import { type Convolution, convolutionOf } from '../problem/convolution.js';
import type { Problem } from '../problem/problem.js';
import { PlanCache } from '../run/plan-cache.js';
import { outputShapeOf, type PreparedCall } from './call.js';
import { rowsFor, type Timing, timings } from './tune.js';

/** For so many convolutions the fastest row is remembered. */
const MOST_TIMED = 64;

/** What the user of a layer wants of the choice. */
interface LayerPreference {
  /** this row of the table and no other */
  readonly algorithm: AlgorithmName | undefined;
  readonly winograd: Winograd;
}

/** A prepared call, and what it was prepared for. */
interface ReadyCall extends PreparedCall {
  readonly inputShape: readonly number[];
  readonly upsample: readonly number[];
  readonly preference: LayerPreference;
}

/** The calls of one layer that are ready to run. */
export class ReadyCalls {
  /** the layer's plans, gradients' among them */
  readonly plans: PlanCache;
  /** the fastest rows that were found: each for the convolution and the setting that it was timed with, and for no other */
  readonly #tuned = new Recent<string, AlgorithmName>(MOST_TIMED);
  /** by the key of the input's shape. A call goes when its plan is forgotten, so there are not many more than plans */
  readonly #calls = new Map<number, ReadyCall>();

  /** @param owner when it is collected, the memory is given back */
  constructor(owner: object) {
    const calls = this.#calls;
    this.plans = new PlanCache(owner, (forgotten) => {
      for (const [key, { prepared }] of calls) if (prepared === forgotten) calls.delete(key);
    });
  }

  /** The call that an input of this shape repeats, if there is one. Plans and allocates nothing. */
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
   * Prepares a call.
   * @param isRepeatable whether input shape and preference say all of it; an output size that was asked for is not compared by `repeated`
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

  /** The plan that a call would have, without giving it memory. */
  plan(problem: Problem, preference: LayerPreference): Plan {
    const convolution = convolutionOf(problem);
    return this.plans.plan(convolution, this.#chosen(convolution, preference));
  }

  /**
   * Times every row that can compute a problem, and takes the fastest for it from now on.
   * @param run runs a call
   */
  tune(
    problem: Problem,
    inputShape: readonly number[],
    winograd: Winograd,
    run: (call: PreparedCall) => void,
  ): Timing[] {
    const outputShape = outputShapeOf(problem, inputShape.length);
    // another row may be taken from now on
    this.#calls.clear();
    const convolution = convolutionOf(problem);
    // the table's choice first: it stays where the clock sees no difference
    const own = this.plans.plan(convolution, { winograd }).choice.algorithm.name;
    const rows = rowsFor(convolution, winograd).sort((a, b) => Number(b === own) - Number(a === own));
    const found = timings(rows, (algorithm) => {
      run({ prepared: this.plans.prepared(convolution, { algorithm, winograd }), outputShape });
    });
    this.#tuned.set(timedKey(convolution, winograd), found[0].algorithm);
    return found;
  }

  /** Gives all memory back; the next call is prepared anew. What was timed stays known. */
  release(): void {
    this.#calls.clear();
    this.plans.release();
  }

  /** The user's row, or the one that was the fastest, or none, which leaves the choice to the table. */
  #chosen(convolution: Convolution, { algorithm, winograd }: LayerPreference): LayerPreference {
    if (typeof (algorithm ?? '') !== 'string')
      throw new TypeError(`algorithm: expected a name like 'gemm', but got ${describe(algorithm)}`);
    return { algorithm: algorithm ?? this.#tuned.get(timedKey(convolution, winograd)), winograd };
  }
}

function isOne(size: number): boolean {
  return size === 1;
}

function timedKey({ line }: Convolution, winograd: Winograd): string {
  return `${winograd} ${line}`;
}

/** A number of 30 bits for a shape: of one size from 0 to 2^31 - 1 or several, seldom the same for two. */
function shapeKey(shape: readonly number[]): number {
  let key = shape.length;
  for (const size of shape) key = Math.imul(key + size, 0x01000193) & 0x3fffffff;
  return key;
}
