// The variant of LiteRT.js' wasm module to use.

import { supportsFeature } from '@litertjs/core';
import { allowed } from './threads.js';

/** The file name without extension: with threads if several are allowed, else with relaxed SIMD if the engine supports it. */
export async function liteRtFile(): Promise<string> {
  if (allowed.threads > 1) return 'litert_wasm_threaded_internal';
  return (await supportsFeature('relaxedSimd')) ? 'litert_wasm_internal' : 'litert_wasm_compat_internal';
}
