// The entries of the module of streams, and how they are called. assembly/streams.ts exports them; scripts/ship-wasm.mjs reads this list and
// ships no other export. Addresses are bytes of the engine's memory.

/** What the module of streams exports. */
export interface StreamEntries {
  /** Adds to each output the sum of its products with taps that meet the signal backwards, from `signal` on. */
  firRows32(signal: number, taps: number, output: number, count: number, outputs: number): void;
  firRows64(signal: number, taps: number, output: number, count: number, outputs: number): void;
  /** Adds numbers to others; `count` is a multiple of 4. */
  add32(source: number, target: number, count: number): void;
  add64(source: number, target: number, count: number): void;
  /** Adds the products of blocks' spectra, each `step` bytes below the one before, with kernels', each `step` bytes above. */
  multiplyAdd32(sum: number, block: number, kernel: number, step: number, count: number, bytes: number): void;
  multiplyAdd64(sum: number, block: number, kernel: number, step: number, count: number, bytes: number): void;
  /** Adds a bias to rows, then takes min(max(x, 0), most) + slope min(x, 0); 1 if all sums are finite, else 0. */
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

/** Their names, as scripts read them. */
export const streamEntries = [
  'firRows32',
  'firRows64',
  'add32',
  'add64',
  'multiplyAdd32',
  'multiplyAdd64',
  'finish32',
] as const satisfies readonly (keyof StreamEntries)[];
