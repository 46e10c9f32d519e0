// The module of matching: norms of windows and scores. It is compiled when it is first needed, and works in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { MatchEntries } from './entries.js';

/**
 * The entries of the module, in the memory of that engine.
 * @throws Error if it can't be compiled
 */
export const matchModule = lazyModule<MatchEntries>(carried);
