// Where the third module comes from in workerd, which compiles what is imported and nothing at run time: both variants are imported.

import type { CarriedModule } from '../engine/lazy-module.js';
import { usesRelaxedSimd } from '../engine/start.js';
import fused from './train.fused.wasm';
import plain from './train.wasm';

export const carried: CarriedModule = {
  get module(): WebAssembly.Module {
    return usesRelaxedSimd() ? fused : plain;
  },
};
