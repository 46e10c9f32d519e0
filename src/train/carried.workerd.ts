// The source of the module of gradients in workerd, which compiles imported modules but nothing at run time: both variants are imported.

import type { CarriedModule } from '../engine/lazy-module.js';
import { usesRelaxedSimd } from '../engine/start.js';
import fused from './train.fused.wasm';
import plain from './train.wasm';

export const carried: CarriedModule = {
  get module(): WebAssembly.Module {
    return usesRelaxedSimd() ? fused : plain;
  },
};
