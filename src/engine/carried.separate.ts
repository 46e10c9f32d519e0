// The module's source in `convnd/wasm`: a file next to the library. Bundlers recognise `new URL(…, import.meta.url)` and copy the file.

import type { Carried } from './carried.js';

export const carried: Carried = { url: () => new URL('./convnd.wasm', import.meta.url) };
