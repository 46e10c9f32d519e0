// Measures the layers one after another, off the main thread: on one thread, then on all threads if there are several.

import { usesRelaxedSimd } from 'convnd';
import { serveTask } from '../task.ts';
import { startThreads } from '../threads.ts';
import { layers } from './layers.ts';
import { type Measured, measure } from './measure.ts';

export interface Job {
  /** Milliseconds for all layers. */
  readonly budget: number;
}

/** A layer, and the number of threads that it ran on. */
export interface Turn {
  readonly row: Measured;
  readonly threads: number;
  /** The fraction of all measurements that is finished. */
  readonly share: number;
}

/** The properties of a run that are the same for all layers. */
export interface Run {
  /** Whether multiply-adds are fused. */
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
