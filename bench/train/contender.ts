// The interface of a contender: forward, input gradient and weight gradient of a problem.

import type { Problem } from '#src/problem/problem.js';
import { product } from '../operands.js';

/** The measured computations, in the order of the table. */
type Three<T> = readonly [forward: T, input: T, weight: T];

/** Milliseconds; undefined if a package does not support it, or would take minutes. */
export type Times = Three<number | undefined>;

export const NONE: Times = [undefined, undefined, undefined];

/** Operations of a problem by its definition, which are the same for each of the three computations. */
export function operationsOf(p: Problem): number {
  // each weight is multiplied with each position of the output, or of a transposed layer's input
  const positions = product(p.kind.transposed ? p.input : p.output);
  return 2 * p.batch * ((p.channels * p.filters) / p.groups) * product(p.kernel) * positions;
}
