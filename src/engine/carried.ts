// The module's source in `convnd`: embedded as text, decoded on first use. For the other entries scripts/entries.mjs replaces this file
// by carried.separate.ts or carried.workerd.ts.

import { compile } from './compile.js';
import { decode } from './module-text.js';
import { suited } from './relaxed-simd.js';
import { wasm } from './wasm.js';

/** Where the module comes from. */
export interface Carried {
  /**
   * The module, compiled now.
   * @throws Error if that is not possible, with the reason
   */
  compiled(): WebAssembly.Module;
  /** its content, if the library contains it */
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
  /** its address, if it is a file */
  readonly url?: () => URL;
}

const bytes = () => decode(wasm);

export const carried: Carried = { compiled: () => compile(suited(bytes())), bytes };
