// Rule: what makes an optimiser the one it is; all else is the same in all.

import type { Where } from '../../core/errors.js';
import type { Memory } from './memory.js';

/** One optimiser's part: its options, and what it does with one parameter. */
export interface Rule<O extends object> {
  readonly name: string;
  readonly defaults: Required<O>;
  /** torch's names for what is remembered: those that must be in a state dict, and those that may */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Refuses values out of range, in torch's words. Called where torch checks: at construction, not at each step. */
  check(options: Required<O>, where: Where): void;
  /** Changes the values by one step. */
  update(values: Float32Array, gradient: Float32Array, options: Required<O>, memory: Memory): void;
}
