// The entries of the module of streams and their signatures. assembly/streams.ts exports them; scripts/ship-wasm.mjs reads this list and
// removes all other exports. Addresses are byte offsets in the engine's memory.

/** The module's exports. */
export interface StreamEntries {
  /** Adds to each output the products of the taps with the signal, read backwards from `signal` on. */
  firRows32(signal: number, taps: number, output: number, count: number, outputs: number): void;
  firRows64(signal: number, taps: number, output: number, count: number, outputs: number): void;
  /** Adds one array to another; `count` is a multiple of 4. */
  add32(source: number, target: number, count: number): void;
  add64(source: number, target: number, count: number): void;
  /** Adds products of spectra to `sum`: block spectra at descending addresses `step` bytes apart, kernel spectra at ascending ones. */
  multiplyAdd32(sum: number, block: number, kernel: number, step: number, count: number, bytes: number): void;
  multiplyAdd64(sum: number, block: number, kernel: number, step: number, count: number, bytes: number): void;
  /** Adds a bias to rows, then computes min(max(x, 0), most) + slope · min(x, 0). Returns 1 if all sums are finite, else 0. */
  finish32(
    at: number,
    rows: number,
    count: number,
    pitch: number,
    bias: number,
    slope: number,
    most: number,
  ): number;
}

/** The names of the entries, as scripts read them. */
export const streamEntries = [
  'firRows32',
  'firRows64',
  'add32',
  'add64',
  'multiplyAdd32',
  'multiplyAdd64',
  'finish32',
] as const satisfies readonly (keyof StreamEntries)[];
