// The source of the module of streams in workerd, which compiles imported modules but nothing at run time.

import type { CarriedModule } from '../engine/lazy-module.js';
import module from './streams.wasm';

export const carried: CarriedModule = { module };
