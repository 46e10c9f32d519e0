// The source of the module of signals in workerd, which compiles imported modules but nothing at run time.

import type { CarriedModule } from '../engine/lazy-module.js';
import module from './signal.wasm';

export const carried: CarriedModule = { module };
