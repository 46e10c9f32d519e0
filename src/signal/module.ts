// The wasm module of streams: streaming filters and sums of products of spectra. Compiled on first use, instantiated in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { StreamEntries } from './entries.js';

/**
 * The entries of the module of streams, for an engine.
 * @throws Error if it can't be compiled
 */
export const streamModule = lazyModule<StreamEntries>(carried);
