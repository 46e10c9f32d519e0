// The entries of the second module, and how they are called. assembly/signal.ts exports them; scripts/ship-wasm.mjs reads this list and
// ships no other export. Addresses are bytes of the engine's memory.

/**
 * Sums of all windows of a length along an axis, in float64; assembly/signal/window-sums.ts has the layouts. `lines` are the columns or
 * the rows that the windows run along, side by side or `step` bytes apart; `ends` is room for 64 bytes for each number of a window.
 */
export type WindowSums = (
  signal: number,
  output: number,
  ends: number,
  length: number,
  count: number,
  step: number,
  outputStep: number,
  lines: number,
) => void;

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
  /** Of float32, down columns that lie side by side, two at least. */
  readonly windowSumsDown32: WindowSums;
  /** Of float64, down columns. */
  readonly windowSumsDown64: WindowSums;
  /** Of float32, along rows. */
  readonly windowSumsAcross32: WindowSums;
  /** Of float64, along rows. */
  readonly windowSumsAcross64: WindowSums;
}

/** Their names, as scripts read them. */
export const signalEntries = [
  'correlateRows64',
  'windowSumsDown32',
  'windowSumsDown64',
  'windowSumsAcross32',
  'windowSumsAcross64',
] as const satisfies readonly (keyof SignalEntries)[];
