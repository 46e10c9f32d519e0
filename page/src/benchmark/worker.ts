// Measures the layers one after another, off the page's thread: on one thread, then on all where there are more.

import { usesRelaxedSimd } from 'convnd';
import { serveTask } from '../task.ts';
import { startThreads } from '../threads.ts';
import { layers } from './layers.ts';
import { type Measured, measure } from './measure.ts';

export interface Job {
  /** Milliseconds for all layers. */
  readonly budget: number;
}

/** A layer, and on how many threads it ran. */
export interface Turn {
  readonly row: Measured;
  readonly threads: number;
  /** The part of all measurements that is done by now. */
  readonly share: number;
}

/** What holds for all layers of a run. */
export interface Run {
  /** Whether products and sums are one instruction. */
  readonly fused: boolean;
  readonly threads: number;
}

serveTask<Job, Turn, Run>(async ({ budget }, progress) => {
  const turns = crossOriginIsolated && navigator.hardwareConcurrency > 1 ? 2 : 1;
  const most = turns * layers.length;
  let done = 0;
  const all = (threads: number) => {
    for (const layer of layers)
      progress({ row: measure(layer, budget / most), threads, share: ++done / most });
  };
  all(1);
  const threads = await startThreads();
  if (threads > 1) all(threads);
  return [{ fused: usesRelaxedSimd(), threads }];
});
