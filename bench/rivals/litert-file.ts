// The variant of LiteRT.js' wasm module to use.

import { supportsFeature } from '@litertjs/core';
import { allowed } from './threads.js';

/** Its name without ending: that of threads where several may be taken, else the one with relaxed SIMD where the engine has that. */
export async function liteRtFile(): Promise<string> {
  if (allowed.threads > 1) return 'litert_wasm_threaded_internal';
  return (await supportsFeature('relaxedSimd')) ? 'litert_wasm_internal' : 'litert_wasm_compat_internal';
}
