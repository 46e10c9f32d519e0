// Alternative: another way than the table's rows to compute convolutions, which a wing may offer. There is none until somebody sets one.

import type { Tensor } from '../core/tensor.js';
import type { Engine } from '../engine/engine.js';
import type { Plan } from '../plan/plan.js';
import type { Epilogue } from './activation.js';
import type { Parameters } from './parameters.js';

/** What computes a plan's convolution in its stead. */
export interface Substitute {
  /**
   * Computes `out` from `x` as the plan would, within a call.
   * @returns false where the plan has to, whatever was written to `out`; nothing was where `epilogue.add` is
   * @throws RangeError if memory is insufficient
   */
  run(x: Tensor, out: Tensor, parameters: Parameters, epilogue: Epilogue | undefined): boolean;
  /** Gives its memory back. */
  release(): void;
}

/** Who offers another way. */
export interface Alternative {
  /**
   * What computes in a plan's stead, if something should. It takes memory when it runs.
   * @param dropped is called when its memory was given back to make room
   */
  of(engine: Engine, plan: Plan, dropped: () => void): Substitute | undefined;
  /** What `explain` says, given what it says of the plan. */
  explain(plan: Plan, lines: readonly string[]): readonly string[];
}

/** The one that is on offer. */
export const alternative: { current: Alternative | undefined } = { current: undefined };
