// The third module: gradients. It is compiled when it is first needed, and works in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { TrainEntries } from './entries.js';

/**
 * The entries of the third module, in the memory of that engine.
 * @throws Error if it can't be compiled
 */
export const trainModule = lazyModule<TrainEntries>(carried);
