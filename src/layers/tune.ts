// Benchmarks the algorithms that support a convolution, for `layer.tune`.

import { algorithms, UnableError } from '../plan/choice.js';
import { planOf } from '../plan/plan.js';
import type { AlgorithmName, Winograd } from '../plan/preference.js';
import type { Convolution } from '../problem/convolution.js';

/** The measured time of one algorithm. */
export interface Timing {
  /** the algorithm */
  readonly algorithm: AlgorithmName;
  /** milliseconds per call, the fastest of several measurements; 0 if the clock does not advance */
  readonly milliseconds: number;
}

/** Measurements of each algorithm, after a warm-up call. */
const ROUNDS = 7;

/** A measurement lasts at least this many ticks of the clock, so that its error is at most a tenth. */
const TICKS = 10;

/** A clock with this many equal reads in a row does not advance, such as one that a test mocks. A tick of 10 ms takes fewer reads. */
const MAX_READS = 1_000_000;

/** The most calls per measurement: that many of the smallest layer take 20 ms. */
const MAX_CALLS = 65_536;

/**
 * The algorithms that support a convolution and that the `winograd` setting allows.
 * @param byDefault the one that is chosen without measurements. A row that is for few convolutions takes many times as long with others, so it
 * is measured only where it is this one
 */
export function supportedAlgorithms(
  convolution: Convolution,
  winograd: Winograd,
  byDefault: string,
): AlgorithmName[] {
  return algorithms
    .filter(({ name, mostMeeting }) => mostMeeting === undefined || name === byDefault)
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
 * Times algorithms. Sorted by time, stable for equal times.
 * @param run computes the convolution once with an algorithm
 */
export function timings(candidates: readonly AlgorithmName[], run: (name: AlgorithmName) => void): Timing[] {
  const tick = tickOf(clock());
  return candidates
    .map((algorithm) => ({ algorithm, milliseconds: fastestCall(() => run(algorithm), tick) }))
    .sort((a, b) => a.milliseconds - b.milliseconds);
}

/** `performance`, or `Date` in an AudioWorklet, which has no `performance`. */
function clock(): { now(): number } {
  return globalThis.performance ?? Date;
}

/** The resolution of a clock in milliseconds, the smallest of several measurements; 0 if it does not advance. */
function tickOf(time: { now(): number }): number {
  let tick = Number.POSITIVE_INFINITY;
  let reads = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = time.now();
    let now = start;
    while (now === start && reads++ < MAX_READS) now = time.now();
    tick = Math.min(tick, now - start);
  }
  return tick;
}

/** Milliseconds per call, the fastest of several measurements. The first call packs the weights and is not timed. */
function fastestCall(run: () => void, tick: number): number {
  run();
  if (tick === 0) return 0;
  const time = clock();
  let fastest = Number.POSITIVE_INFINITY;
  let calls = 1;
  for (let round = 0; round < ROUNDS; ) {
    const start = time.now();
    for (let call = 0; call < calls; call++) run();
    const elapsed = time.now() - start;
    if (elapsed < TICKS * tick && calls < MAX_CALLS) {
      calls *= 2;
    } else {
      fastest = Math.min(fastest, elapsed / calls);
      round++;
    }
  }
  return fastest;
}
