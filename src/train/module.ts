// The wasm module of gradients: compiled on first use, instantiated in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { TrainEntries } from './entries.js';

/**
 * The entries of the module of gradients, for an engine.
 * @throws Error if it can't be compiled
 */
export const trainModule = lazyModule<TrainEntries>(carried);
