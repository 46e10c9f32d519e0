// Alternative: an alternative implementation of convolutions, which a wing may provide. There is none until one registers.

import type { Engine } from '../engine/engine.js';
import type { Plan } from '../plan/plan.js';
import type { Operands } from './operands.js';

/** One way to compute a convolution, and the memory that it needs. */
export interface Implementation {
  /**
   * Computes a call, or declines it: then the next implementation computes the call from the start. By then some outputs may have been
   * written, but not if the output is also the input or `epilogue.add`.
   * @returns whether it computed the call
   * @throws RangeError if memory is insufficient
   */
  run(operands: Operands): boolean;
  /** Releases its memory. */
  release(): void;
}

/** Provides alternative implementations. */
export interface Provider {
  /**
   * The implementation that should be tried before a plan, if there is one. It allocates memory when it runs.
   * @param onEvict is called when its memory was released to make room
   */
  implementationOf(engine: Engine, plan: Plan, onEvict: () => void): Implementation | undefined;
  /** The lines of `explain`, given those that describe the plan. */
  explain(plan: Plan, lines: readonly string[]): readonly string[];
}

/** The registered provider. */
export const alternative: { provider: Provider | undefined } = { provider: undefined };
