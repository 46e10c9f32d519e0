// Where the third module comes from: the library carries it as a text, read when it is needed. scripts/entries.mjs puts
// carried.workerd.ts in the place of this file for workerd.

import type { CarriedModule } from '../engine/lazy-module.js';
import { decode } from '../engine/module-text.js';
import { besideLayers } from '../engine/start.js';
import { wasm } from './wasm.js';

export const carried: CarriedModule = { bytes: () => besideLayers(decode(wasm)) };
