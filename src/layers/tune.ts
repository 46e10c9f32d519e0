// Tune: picks a row of the table by timing instead of by estimate, and remembers it.

import { algorithms, UnableError } from '../plan/choice.js';
import { planOf } from '../plan/plan.js';
import type { AlgorithmName, Winograd } from '../plan/wish.js';
import type { Convolution } from '../problem/convolution.js';

/** How long a row of the table took. */
export interface Timing {
  /** the algorithm of that row */
  readonly algorithm: AlgorithmName;
  /** of the fastest call */
  readonly milliseconds: number;
}

/** Calls of a row that are timed after the first. */
const ROUNDS = 7;

/** For so many convolutions the fastest row is remembered; the one timed longest ago is forgotten first. */
const MOST_REMEMBERED = 64;

/** The rows that can compute a convolution under a setting. */
export function rowsFor(convolution: Convolution, winograd: Winograd): AlgorithmName[] {
  return algorithms
    .map(({ name }) => name)
    .filter((name) => (name !== 'winograd' || winograd !== 'never') && canCompute(name, convolution));
}

function canCompute(algorithm: AlgorithmName, convolution: Convolution): boolean {
  try {
    planOf(convolution, { algorithm });
    return true;
  } catch (error) {
    if (error instanceof UnableError) return false;
    throw error;
  }
}

/**
 * Times rows, the fastest first.
 * @param run computes the convolution with a row
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

/** The fastest rows that were found: each for the convolution and the setting that it was timed with, and for no other. */
export class TunedRows {
  readonly #rows = new Map<string, AlgorithmName>();

  /** The fastest row for a convolution, if it was timed. */
  of(convolution: Convolution, winograd: Winograd): AlgorithmName | undefined {
    return this.#rows.get(keyOf(convolution, winograd));
  }

  /** Notes the fastest row for a convolution. */
  remember(convolution: Convolution, winograd: Winograd, row: AlgorithmName): void {
    const key = keyOf(convolution, winograd);
    this.#rows.delete(key);
    this.#rows.set(key, row);
    if (this.#rows.size > MOST_REMEMBERED) {
      const [oldest] = this.#rows.keys();
      this.#rows.delete(oldest);
    }
  }
}

function keyOf({ line }: Convolution, winograd: Winograd): string {
  return `${winograd} ${line}`;
}
