// The module of streams: filters in a stream, and sums of products of spectra. It is compiled when it is first needed, and works in the
// engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { StreamEntries } from './entries.js';

/**
 * The entries of the module, in the memory of that engine.
 * @throws Error if it can't be compiled
 */
export const streamModule = lazyModule<StreamEntries>(carried);
