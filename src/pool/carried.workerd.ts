// The source of the module of pooling in workerd, which compiles imported modules but nothing at run time.

import type { CarriedModule } from '../engine/lazy-module.js';
import module from './pool.wasm';

export const carried: CarriedModule = { module };
