// Where the module comes from in `convnd`: the library carries it. scripts/entries.mjs puts carried.separate.ts or
// carried.workerd.ts in the place of this file for the other entries.

import { wasm } from './wasm.js';

/** What an entry brings along: one of them. */
export interface Carried {
  readonly module?: WebAssembly.Module;
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
  readonly url?: () => URL;
}

export const carried: Carried = { bytes: () => read(wasm) };

/** The bytes that scripts/inline-wasm.mjs spelt. */
function read(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let high = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 124) high = code - 124;
    else {
      bytes.push(89 * high + code - (code > 92 ? 39 : 38));
      high = 0;
    }
  }
  return Uint8Array.from(bytes);
}
