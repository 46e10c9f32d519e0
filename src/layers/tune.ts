// Tune: picks a row of the table by timing instead of by estimate, and remembers it.

import { algorithms, UnableError } from '../plan/choice.js';
import { planOf } from '../plan/plan.js';
import type { AlgorithmName, Winograd } from '../plan/preference.js';
import type { Convolution } from '../problem/convolution.js';

/** The time of one algorithm. */
export interface Timing {
  /** the algorithm of that row */
  readonly algorithm: AlgorithmName;
  /** of one call: the fastest of several timings; 0 if the clock does not advance */
  readonly milliseconds: number;
}

/** Timings of a row after its first call. */
const ROUNDS = 7;

/** A timing lasts for so many steps of the clock, and is right to a tenth of itself. */
const STEPS = 10;

/** A clock that shows the same so often in a row stands still, as one that a test has stopped. Steps of 10 ms take less. */
const MOST_READS = 1_000_000;

/** The most calls that are timed together: as many of the lightest layer take 20 ms. */
const MOST_CALLS = 65_536;

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
 * Times rows, the fastest first; of those that the clock can't tell apart, the earlier in the list.
 * @param run computes the convolution with a row
 */
export function timings(rows: readonly AlgorithmName[], run: (row: AlgorithmName) => void): Timing[] {
  const step = stepOf(clock());
  return rows
    .map((algorithm) => ({ algorithm, milliseconds: fastestCall(() => run(algorithm), step) }))
    .sort((a, b) => a.milliseconds - b.milliseconds);
}

/** An AudioWorklet has no `performance`. */
function clock(): { now(): number } {
  return globalThis.performance ?? Date;
}

/** Milliseconds from one time that a clock can show to the next, the shortest of some; 0 where it stands still. */
function stepOf(time: { now(): number }): number {
  let step = Number.POSITIVE_INFINITY;
  let reads = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = time.now();
    let now = start;
    while (now === start && reads++ < MOST_READS) now = time.now();
    step = Math.min(step, now - start);
  }
  return step;
}

/** Milliseconds of a call, from the fastest of some timings; the first call, which prepares, is not timed. */
function fastestCall(run: () => void, step: number): number {
  run();
  if (step === 0) return 0;
  const time = clock();
  let fastest = Number.POSITIVE_INFINITY;
  let calls = 1;
  for (let round = 0; round < ROUNDS; ) {
    const start = time.now();
    for (let call = 0; call < calls; call++) run();
    const elapsed = time.now() - start;
    if (elapsed < STEPS * step && calls < MOST_CALLS) {
      calls *= 2;
    } else {
      fastest = Math.min(fastest, elapsed / calls);
      round++;
    }
  }
  return fastest;
}
