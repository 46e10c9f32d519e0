// The source of the module of gradients: embedded as text, decoded on first use. For workerd scripts/entries.mjs replaces this file by
// carried.workerd.ts.

import type { CarriedModule } from '../engine/lazy-module.js';
import { decode } from '../engine/module-text.js';
import { besideLayers } from '../engine/start.js';
import { wasm } from './wasm.js';

export const carried: CarriedModule = { bytes: () => besideLayers(decode(wasm)) };
