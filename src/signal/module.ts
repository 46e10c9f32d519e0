// The module of streams: streaming filters and sums of products of spectra. It is compiled at first use and works in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { StreamEntries } from './entries.js';

/**
 * The module's entries in the memory of an engine.
 * @throws Error if the module cannot be compiled
 */
export const streamModule = lazyModule<StreamEntries>(carried);
