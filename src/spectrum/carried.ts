// Where the second module comes from: the library carries it as a text, read when it is needed. scripts/entries.mjs puts
// carried.workerd.ts in the place of this file for workerd.

import { decode } from '../engine/spelling.js';
import { wasm } from './wasm.js';

/** What an entry brings along: one of them. */
export interface CarriedSignal {
  readonly module?: WebAssembly.Module;
  readonly bytes?: () => Uint8Array<ArrayBuffer>;
}

export const carried: CarriedSignal = { bytes: () => decode(wasm) };
