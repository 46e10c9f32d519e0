// Delayed outputs: an in-place call keeps the outputs of a block in the scratch until no later block reads the inputs that they overwrite.

import { aligned } from '../core/bytes.js';
import { outputDelay } from '../plan/overwriting.js';
import type { Plan } from '../plan/plan.js';

/** A ring of buffers, each for the outputs of one block. */
export class DelayedOutputs {
  /** how many blocks later outputs are stored; 0: at once */
  readonly blocks: number;
  readonly #each: number;

  constructor(plan: Plan) {
    this.blocks = outputDelay(plan);
    this.#each = aligned(plan.bytes.target);
  }

  /** Bytes of the ring: the delayed outputs, and those of the current block. */
  get bytes(): number {
    return this.blocks > 0 ? (this.blocks + 1) * this.#each : 0;
  }

  /** The address of a block's buffer in a ring. */
  at(ring: number, index: number): number {
    return ring + (index % (this.blocks + 1)) * this.#each;
  }
}
