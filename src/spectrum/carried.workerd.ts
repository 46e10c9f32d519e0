// Where the second module comes from in workerd, which compiles what is imported and nothing at run time.

import type { CarriedModule } from '../engine/lazy-module.js';
import module from './signal.wasm';

export const carried: CarriedModule = { module };
