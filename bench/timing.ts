// Timing with tinybench, reduced to the values that the tables show.

import { Bench } from 'tinybench';

export interface Timing {
  /** Milliseconds per call. */
  readonly median: number;
  readonly least: number;
  readonly samples: number;
}

export interface Effort {
  /** Milliseconds to spend; at least `iterations` calls are made, however long they take. */
  readonly time: number;
  readonly iterations: number;
  readonly warmup: number;
}

const bench = ({ time, iterations, warmup }: Effort) =>
  new Bench({
    time,
    iterations,
    warmup: warmup > 0,
    warmupTime: warmup,
    warmupIterations: 2,
    retainSamples: true,
    subtractTimerOverhead: true,
    throws: true,
  });

function read({ tasks: [task] }: Bench): Timing {
  const { result } = task;
  if (!('latency' in result)) throw new Error(`no time was measured: the task is ${result.state}`);
  const { p50, min, samplesCount } = result.latency;
  return { median: p50, least: min, samples: samplesCount };
}

/** Times a synchronous call. */
export function time(call: () => unknown, effort: Effort): Timing {
  const timed = bench(effort).add('call', call, { async: false });
  timed.runSync();
  return read(timed);
}

/** Times an asynchronous call; a sample includes one turn of the microtask queue. */
export async function timeAsync(call: () => Promise<unknown>, effort: Effort): Promise<Timing> {
  const timed = bench(effort).add('call', call, { async: true });
  await timed.run();
  return read(timed);
}

/** Times one call, synchronous or asynchronous. */
export async function timed<T>(call: () => T | Promise<T>): Promise<[ms: number, result: T]> {
  const start = performance.now();
  const result = await call();
  return [performance.now() - start, result];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
