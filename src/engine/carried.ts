// Where the module comes from in `convnd`: the library carries it as a text, read when it is needed. scripts/entries.mjs puts
// carried.separate.ts or carried.workerd.ts in the place of this file for the other entries.

import { decode } from './module-text.js';
import { wasm } from './wasm.js';

/** What an entry brings along: one of them. */
export interface Carried {
  readonly module?: WebAssembly.Module;
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
  readonly url?: () => URL;
}

export const carried: Carried = { bytes: () => decode(wasm) };
