// Which module of LiteRT.js runs here on one thread.

import { supportsFeature } from '@litertjs/core';

/** Its name without ending: the one with relaxed SIMD where the engine has that. */
export const liteRtFile = async (): Promise<string> =>
  (await supportsFeature('relaxedSimd')) ? 'litert_wasm_internal' : 'litert_wasm_compat_internal';
