// Where the second module comes from: the library carries it as a text, read when it is needed. scripts/entries.mjs puts
// carried.workerd.ts in the place of this file for workerd.

import type { CarriedModule } from '../engine/lazy-module.js';
import { decodeTwins } from '../engine/twins.js';
import { wasm } from './wasm.js';

export const carried: CarriedModule = { bytes: () => decodeTwins(wasm) };
