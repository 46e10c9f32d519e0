// Measures the layers one after another, off the page's thread.

import { serveTask } from '../task.ts';
import { layers } from './layers.ts';
import { type Measured, measure } from './measure.ts';

export interface Job {
  /** Milliseconds for all layers. */
  readonly budget: number;
}

serveTask<Job, Measured, null>(async ({ budget }, progress) => {
  for (const layer of layers) progress(measure(layer, budget / layers.length));
  return [null];
});
