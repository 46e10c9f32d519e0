// Tune: picks the row of the kernel table by timing instead of by estimate, and remembers it.

import { type AlgorithmName, algorithms, UnableError, type Winograd } from '../plan/choice.js';
import { planOf } from '../plan/plan.js';
import { formatProblem } from '../problem/line.js';
import type { Problem } from '../problem/problem.js';

/** What a row took. */
export interface Timing {
  readonly algorithm: AlgorithmName;
  /** of the fastest call */
  readonly milliseconds: number;
}

/** Calls of a row that are timed after the first. */
const ROUNDS = 7;

/** Problems whose fastest row is remembered; the one timed longest ago goes first. */
const MOST_REMEMBERED = 64;

/** The rows that can compute a problem under a setting. */
export function rowsFor(problem: Problem, winograd: Winograd): AlgorithmName[] {
  return algorithms
    .map(({ name }) => name)
    .filter((name) => (name !== 'winograd' || winograd !== 'never') && canCompute(name, problem));
}

function canCompute(algorithm: AlgorithmName, problem: Problem): boolean {
  try {
    planOf(problem, { algorithm });
    return true;
  } catch (error) {
    if (error instanceof UnableError) return false;
    throw error;
  }
}

/**
 * Times rows, the fastest first.
 * @param run computes the problem with a row
 */
export function timings(rows: readonly AlgorithmName[], run: (row: AlgorithmName) => void): Timing[] {
  return rows
    .map((algorithm) => ({ algorithm, milliseconds: fastestCall(() => run(algorithm)) }))
    .sort((a, b) => a.milliseconds - b.milliseconds);
}

/** Milliseconds of the fastest of some calls; the first one, which prepares, is not timed. */
function fastestCall(run: () => void): number {
  run();
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

/** The fastest rows that were found: each for the problem and the setting that it was timed with, and for no other. */
export class TunedRows {
  readonly #rows = new Map<string, AlgorithmName>();

  /** The fastest row for a problem, if it was timed. */
  of(problem: Problem, winograd: Winograd): AlgorithmName | undefined {
    return this.#rows.size === 0 ? undefined : this.#rows.get(keyOf(problem, winograd));
  }

  remember(problem: Problem, winograd: Winograd, row: AlgorithmName): void {
    const key = keyOf(problem, winograd);
    this.#rows.delete(key);
    this.#rows.set(key, row);
    if (this.#rows.size > MOST_REMEMBERED) {
      const [oldest] = this.#rows.keys();
      this.#rows.delete(oldest);
    }
  }
}

function keyOf(problem: Problem, winograd: Winograd): string {
  return `${winograd} ${formatProblem(problem)}`;
}
