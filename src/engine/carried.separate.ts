// The module's source in `convnd/wasm`: a file next to the library. Bundlers recognise `new URL(…, import.meta.url)` and copy the file.

import type { Carried } from './carried.js';

export const carried: Carried = {
  compiled() {
    throw new Error("convnd/wasm: await init() before the first forward, or import from 'convnd'");
  },
  url: () => new URL('./convnd.wasm', import.meta.url),
};
