// Prepared plan: a plan that is ready to run. Decides which implementation computes a call.

import { product } from '../core/lists.js';
import type { Tensor } from '../core/tensor.js';
import { placeOf, Resident, stepOf } from '../engine/address.js';
import type { Engine } from '../engine/engine.js';
import { exactPlanOf } from '../plan/exact.js';
import type { Plan } from '../plan/plan.js';
import { planForPlainTensors } from '../plan/portions.js';
import type { Epilogue } from './activation.js';
import { alternative, type Implementation, type Provider } from './alternative.js';
import { BlockExecutor } from './block-executor.js';
import type { Operands } from './operands.js';
import type { Parameters } from './parameters.js';
import { runners } from './runner.js';
import { copyOfTensor, readOnce, shareNumbers } from './tensors.js';
import { PackedWeights, weightLayout } from './weights.js';

/**
 * A plan with everything that computes its convolution. A call is tried by one implementation after another, until one does not decline it:
 *
 * 1. the alternative implementation, if one is registered
 * 2. the plan in smaller blocks, for tensors outside of wasm memory
 * 3. the plan itself
 * 4. the exact plan, for weights that are not finite
 *
 * Memory is allocated by the first call that needs it.
 */
export class PreparedPlan {
  readonly #main: BlockExecutor;
  /** the executor for plain tensors; null: there is none, undefined: not known yet */
  #forPlain: BlockExecutor | null | undefined;
  #exact: BlockExecutor | undefined;
  /** the alternative implementation, and the provider that was asked for it */
  #alternative: Implementation | undefined;
  #provider: Provider | undefined;
  readonly #onEvict: () => void;
  /** the number of the last call */
  #lastCall = -1;
  #isReleased = false;

  /** @param onEvict is called when memory of the plan was released to make room */
  constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    readonly weights: PackedWeights,
    onEvict: () => void = () => {},
  ) {
    this.#main = new BlockExecutor(engine, plan, weights, onEvict);
    this.#onEvict = onEvict;
  }

  /**
   * Computes `out` from `x`, whose sizes are those of the convolution.
   * @param epilogue what is done to inputs and results beside the convolution
   * @param inPlace as in `Operands`
   * @throws RangeError if memory is insufficient, or a tensor is a view of wasm memory that grew
   */
  run(x: Tensor, out: Tensor, parameters: Parameters, epilogue?: Epilogue, inPlace = false): void {
    if (product(out.shape) === 0) return;
    const { engine } = this;
    const { current: runner } = runners;
    let call: Operands = {
      input: readOnce(x),
      output: readOnce(out),
      parameters,
      epilogue: epilogue?.add ? { ...epilogue, add: readOnce(epilogue.add) } : epilogue,
      inPlace,
    };
    engine.begin();
    this.#lastCall = engine.call;
    try {
      this.#checkImages(call);
      const other = this.#alternativeFor(call);
      if (inPlace && (other || this.#overwritesOtherMaps()))
        call = { ...call, input: copyOfTensor(call.input), inPlace: false };
      if (!other?.run(call) && !this.#executorForPlain(call)?.run(call)) this.#runPlan(call);
    } catch (error) {
      this.#forgetBlocks();
      if (!runner.recovers?.(engine, error, call)) throw error;
      this.#runPlan(call);
    } finally {
      engine.end();
      runner.finish?.();
      if (this.#isReleased && engine.call === 0) {
        // it ran after it had been released, and allocated memory again
        this.release();
        this.weights.release();
      }
    }
  }

  /** Computes a call by the plan, or by the exact plan. */
  #runPlan(call: Operands): void {
    if (this.#main.run(call)) return;
    this.#exact ??= this.#newExact();
    this.#exact.run(call);
  }

  /** Whether the call in progress uses this plan. */
  get isRunning(): boolean {
    return this.engine.call === this.#lastCall;
  }

  /** The alternative implementation for a call. It takes no channels of a larger tensor, whose images have gaps between them. */
  #alternativeFor({ input, output }: Operands): Implementation | undefined {
    if (stepOf(input) >= 0 || stepOf(output) >= 0) return undefined;
    const { provider } = alternative;
    if (provider !== this.#provider) {
      this.#alternative?.release();
      this.#alternative = provider?.implementationOf(this.engine, this.plan, this.#onEvict);
      this.#provider = provider;
    }
    return this.#alternative;
  }

  /** The executor of smaller blocks for a call. It may decline after it wrote outputs, so these must not overwrite what is still read. */
  #executorForPlain({ input, output, epilogue, inPlace }: Operands): BlockExecutor | null {
    if (inPlace || (placeOf(input) >= 0 && placeOf(output) >= 0)) return null;
    if (epilogue?.add && shareNumbers(epilogue.add, output)) return null;
    if (this.#forPlain === undefined) this.#forPlain = this.#newForPlain();
    return this.#forPlain;
  }

  /** An executor of smaller blocks with the same packed weights. What is repaired depends on the blocks, so repairs are left to the plan. */
  #newForPlain(): BlockExecutor | null {
    const { engine, plan, weights } = this;
    const smaller = planForPlainTensors(plan);
    return smaller && weightLayout(smaller) === weightLayout(plan)
      ? new BlockExecutor(engine, smaller, weights, undefined, false)
      : null;
  }

  #newExact(): BlockExecutor {
    const { engine } = this;
    const plan = exactPlanOf(this.plan.convolution);
    return new BlockExecutor(engine, plan, new PackedWeights(engine, plan));
  }

  /** Whether outputs of maps that are computed together would overwrite inputs of the next maps. */
  #overwritesOtherMaps(): boolean {
    const { mapsAtOnce, convolution } = this.plan;
    return mapsAtOnce > 0 && convolution.channels !== convolution.filters;
  }

  /** @throws RangeError for channels of several images that the convolution divides into images otherwise */
  #checkImages({ input: from, output: to, epilogue }: Operands): void {
    const { batch, input, output } = this.plan.convolution;
    if (from instanceof Resident) from.checkImages(batch, input.image);
    if (to instanceof Resident) to.checkImages(batch, output.image);
    const add = epilogue?.add;
    if (add instanceof Resident) add.checkImages(batch, output.image);
  }

  /** Forgets all blocks after a call that threw: it may have left their tasks half changed. */
  #forgetBlocks(): void {
    for (const executor of [this.#main, this.#forPlain, this.#exact]) executor?.forgetBlocks();
  }

  /** Releases all memory but that of the packed weights, which other plans may share. */
  release(): void {
    this.#isReleased = true;
    this.#exact?.weights.release();
    for (const each of [this.#exact, this.#alternative, this.#forPlain, this.#main]) each?.release();
    this.#exact = undefined;
    this.#forPlain = undefined;
  }
}
