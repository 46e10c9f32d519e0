// Measures the layers one after another, off the page's thread.

import { usesRelaxedSimd } from 'convnd';
import { serveTask } from '../task.ts';
import { layers } from './layers.ts';
import { type Measured, measure } from './measure.ts';

export interface Job {
  /** Milliseconds for all layers. */
  readonly budget: number;
}

/** What holds for all layers of a run. */
export interface Run {
  /** Whether products and sums are one instruction. */
  readonly fused: boolean;
}

serveTask<Job, Measured, Run>(async ({ budget }, progress) => {
  for (const layer of layers) progress(measure(layer, budget / layers.length));
  return [{ fused: usesRelaxedSimd() }];
});
