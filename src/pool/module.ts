// The wasm module of pooling: compiled on first use, instantiated in the engine's memory.

import { lazyModule } from '../engine/lazy-module.js';
import { carried } from './carried.js';
import type { PoolEntries } from './entries.js';

/**
 * The entries of the module of pooling, for an engine.
 * @throws Error if it can't be compiled
 */
export const poolModule = lazyModule<PoolEntries>(carried);
