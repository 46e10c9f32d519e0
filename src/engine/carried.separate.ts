// Where the module comes from in `convnd/wasm`: a file beside the library. Bundlers know this expression and copy the file.

import type { Carried } from './carried.js';

export const carried: Carried = { url: () => new URL('./convnd.wasm', import.meta.url) };
