// The module's source in `convnd`: embedded as text, decoded on first use. For the other entries scripts/entries.mjs replaces this file
// by carried.separate.ts or carried.workerd.ts.

import { decode } from './module-text.js';
import { wasm } from './wasm.js';

/** Where the module comes from: exactly one of these. */
export interface Carried {
  readonly module?: WebAssembly.Module;
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
  readonly url?: () => URL;
}

export const carried: Carried = { bytes: () => decode(wasm) };
