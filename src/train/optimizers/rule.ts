// Rule: the part of an optimizer that is specific to its algorithm.

import type { Where } from '../../core/errors.js';
import type { Memory } from './memory.js';

/** An optimizer's options, and its update of one parameter. */
export interface Rule<O extends object> {
  readonly name: string;
  readonly defaults: Required<O>;
  /** names that a state dict must have for each parameter */
  readonly required: readonly string[];
  /** names that a state dict may have for each parameter */
  readonly optional: readonly string[];
  /** Throws torch's error for invalid values. Called where torch checks: at construction, not in each step. */
  check(options: Required<O>, where: Where): void;
  /** Updates the values of a parameter. */
  update(values: Float32Array, gradient: Float32Array, options: Required<O>, memory: Memory): void;
}
