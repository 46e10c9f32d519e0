// The matching module: window norms and scores. It is compiled at first use and works in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { MatchEntries } from './entries.js';

/**
 * The module's entries in the memory of an engine.
 * @throws Error if the module cannot be compiled
 */
export const matchModule = lazyModule<MatchEntries>(carried);
