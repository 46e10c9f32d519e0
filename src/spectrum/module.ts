// The wasm module of signals: FFTs and sums. Compiled on first use, instantiated in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { SignalEntries } from './entries.js';

/**
 * The entries of the module of signals, for an engine.
 * @throws Error if it can't be compiled
 */
export const signalModule = lazyModule<SignalEntries>(carried);
