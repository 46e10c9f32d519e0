// Tune: picks the row of the kernel table by timing instead of by estimate.

import { type AlgorithmName, algorithms } from '../plan/choice.js';

/** What a row took. */
export interface Timing {
  readonly algorithm: AlgorithmName;
  /** of the fastest call */
  readonly milliseconds: number;
}

/** Calls of a row that are timed after the first. */
const ROUNDS = 7;

/**
 * Times every row that can compute a problem, the fastest first.
 * @param run computes the problem with a row; throws a RangeError where that row can't
 */
export function timings(run: (algorithm: AlgorithmName) => void): Timing[] {
  const found: Timing[] = [];
  for (const { name } of algorithms) {
    try {
      run(name);
    } catch (error) {
      if (error instanceof RangeError) continue;
      throw error;
    }
    let milliseconds = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      run(name);
      milliseconds = Math.min(milliseconds, performance.now() - start);
    }
    found.push({ algorithm: name, milliseconds });
  }
  return found.sort((a, b) => a.milliseconds - b.milliseconds);
}
