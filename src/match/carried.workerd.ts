// The source of the module of matching in workerd, which compiles imported modules but nothing at run time.

import type { CarriedModule } from '../engine/lazy-module.js';
import module from './match.wasm';

export const carried: CarriedModule = { module };
