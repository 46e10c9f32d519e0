// The second module: transforms and sums of signals. It is compiled when it is first needed, and works in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { SignalEntries } from './entries.js';

/**
 * The entries of the second module, in the memory of that engine.
 * @throws Error if it can't be compiled
 */
export const signalModule = lazyModule<SignalEntries>(carried);
