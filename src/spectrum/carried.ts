// The source of the module of signals: embedded as text, decoded on first use. For workerd scripts/entries.mjs replaces this file by
// carried.workerd.ts.

import type { CarriedModule } from '../engine/lazy-module.js';
import { decodeTwins } from '../engine/twins.js';
import { wasm } from './wasm.js';

export const carried: CarriedModule = { bytes: () => decodeTwins(wasm) };
