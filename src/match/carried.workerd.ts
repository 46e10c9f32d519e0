// Where the module of matching comes from in workerd, which compiles what is imported and nothing at run time.

import type { CarriedModule } from '../engine/lazy-module.js';
import module from './match.wasm';

export const carried: CarriedModule = { module };
