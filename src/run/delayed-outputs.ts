// Delayed outputs: outputs that are written over their inputs wait in the scratch until no later block reads these.

import { aligned, FLOAT_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import { blocksToWait } from '../plan/overwriting.js';
import type { Plan } from '../plan/plan.js';

/** The places where outputs of a plan wait, one behind the other, each used again and again. */
export class DelayedOutputs {
  /** how many blocks outputs wait; with 0 nothing waits */
  readonly blocks: number;
  readonly #each: number;

  constructor(plan: Plan) {
    this.blocks = blocksToWait(plan);
    this.#each = aligned(plan.bytes.target);
  }

  /** Bytes of the outputs that wait, and those of the block that is computed meanwhile. */
  get bytes(): number {
    return this.blocks > 0 ? (this.blocks + 1) * this.#each : 0;
  }

  /** Where the outputs of a block wait, of those places that begin at an address. */
  at(address: number, index: number): number {
    return address + (index % (this.blocks + 1)) * this.#each;
  }
}

/** The numbers in a range of memory, as they are now. */
export function copyOf(engine: Engine, address: number, bytes: number): Float32Array {
  return engine.f32.slice(address / FLOAT_BYTES, (address + bytes) / FLOAT_BYTES);
}
