// The module's source in workerd, which compiles imported modules but nothing at run time: both variants are imported.

import type { Carried } from './carried.js';
import fused from './convnd.fused.wasm';
import plain from './convnd.wasm';
import { suitedModule } from './relaxed-simd.js';

export const carried: Carried = { compiled: () => suitedModule(plain, fused) };
