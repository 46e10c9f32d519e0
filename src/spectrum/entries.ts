// The entries of the second module, and how they are called. assembly/signal.ts exports them; scripts/ship-wasm.mjs reads this list and
// ships no other export. Addresses are bytes of the engine's memory.

/** What the second module exports. */
export interface SignalEntries {
  /** Adds to each of `count` float64 outputs the sum of `taps` products; the signal's taps lie `step` bytes apart. */
  correlateRows64(
    signal: number,
    kernel: number,
    output: number,
    taps: number,
    step: number,
    count: number,
  ): void;
}

/** Their names, as scripts read them. */
export const signalEntries = ['correlateRows64'] as const satisfies readonly (keyof SignalEntries)[];
