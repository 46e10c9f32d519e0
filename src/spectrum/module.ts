// The module of signals: FFTs and sums. It is compiled at first use and works in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { SignalEntries } from './entries.js';

/**
 * The module's entries in the memory of an engine.
 * @throws Error if the module cannot be compiled
 */
export const signalModule = lazyModule<SignalEntries>(carried);
