// The wasm module of matching: window norms and scores. Compiled on first use, instantiated in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { MatchEntries } from './entries.js';

/**
 * The entries of the module of matching, for an engine.
 * @throws Error if it can't be compiled
 */
export const matchModule = lazyModule<MatchEntries>(carried);
